import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { lookAfterDeployKeys } from '../src/machines/deploy-keys/look-after-deploy-keys.ts'
import type { DeployKeyView, OwnDeployKey } from '../src/machines/deploy-keys/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { readGuide, type Guide } from './support/guide.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { isSigned, type Receiver, startReceiver } from './support/receiver.ts'
import { openSshDoor, run, type SshDoor } from './support/ssh-door.ts'
import { eitherStore } from './support/stores.ts'

const dayMs = 24 * 3_600_000
const minuteMs = 60_000
const heading = {
  make: 'Deploy keys',
  replace: 'A key that is replaced by itself',
  tokens: 'Tokens that renew themselves',
  found: 'A token that was found',
}

const hasTools = ['curl', 'jq'].every((tool) => spawnSync(tool, ['--version']).error === undefined)

/** A consumer that makes its own keys, as the guide tells it: with sh, ssh, ssh-keygen, git and curl, and nothing of ours. */
for (const store of eitherStore)
  describe(`a consumer whose deploy key is replaced, on ${store.name}`, () => {
    let guide: Guide
    let door: SshDoor
    let receiver: Receiver
    let ana: Person
    let held: Repository
    let folder: string
    let ahead = 0
    const now = (): number => Date.now() + ahead
    before(async () => {
      guide = await readGuide('ci.md')
      receiver = await startReceiver()
      door = await openSshDoor([...(await store.flags()), '--outbound-allow', '127.0.0.0/8'], { now })
      ana = await door.started.owner()
      held = await makeHeld(door.started, ana, 'payments/api')
      folder = await door.folder('consumer')
    })
    after(async () => {
      await door[Symbol.asyncDispose]()
      await receiver[Symbol.asyncDispose]()
    })

    // Days pass between the tests, and sessions end.
    beforeEach(() => ana.signIn())

    const ssh = (): string => door.sshCommand({ file: 'none' }).slice(0, -2).join(' ')
    const sh = (script: string, env: NodeJS.ProcessEnv = {}) =>
      run(
        'sh',
        [
          '-euc',
          script
            .replaceAll('https://git.example.com', door.started.origin)
            .replaceAll('ssh://git@git.example.com:7422', `ssh://git@localhost:${door.port}`)
            .replaceAll('ssh -i', `${ssh()} -i`),
        ],
        // The key is named by each command.
        { cwd: folder, env: { ...door.env({ file: 'none' }), GIT_SSH_COMMAND: undefined, ...env } },
      )
    const does = async (script: string, env: NodeJS.ProcessEnv = {}): Promise<string> => {
      const { code, stdout, stderr } = await sh(script, env)
      assert.equal(code, 0, stderr)
      return stdout
    }
    const list = async (): Promise<DeployKeyView[]> =>
      (await ana.call<{ items: DeployKeyView[] }>('GET', `${held.path}/deploy-keys`)).items
    const lookAfter = () =>
      lookAfterDeployKeys({ database: door.started.postern.ceremonies.database, cut: async () => {}, now })
    const fetches = async (file: string): Promise<{ code: number; stderr: string }> =>
      door.git({ file: join(folder, file) }, folder, 'ls-remote', door.url('payments/api'))

    test('makes its key, is let in to its repository, and asks how it stands', async () => {
      const [make, clone = ''] = guide.blocks(heading.make, 'sh')
      const publicKey = await does(make)
      await ana.act('POST', `${held.path}/deploy-keys`, {
        name: 'build-server',
        publicKey,
        access: 'read',
        expiresInDays: null,
        rotation: { everyDays: 30, overlapDays: 7 },
      })
      await does(clone)
      const [, ask = ''] = guide.blocks(heading.replace, 'sh')
      const answer = JSON.parse(await does(ask)) as OwnDeployKey
      const shown = JSON.parse(guide.blocks(heading.replace, 'json')[0]) as OwnDeployKey
      assert.deepEqual(Object.keys(answer), Object.keys(shown))
      assert.deepEqual(
        [answer.name, answer.repository, answer.access, answer.isDue, answer.successor],
        ['build-server', 'payments/api', 'read', false, null],
      )
    })

    test('ssh -T says what it is; it reads its repository, writes nothing, and reaches no other', async () => {
      await makeHeld(door.started, ana, 'payments/other')
      const { stderr } = await door.ssh({ file: join(folder, 'deploy_key') }, '-T')
      assert.match(stderr, /deploy key “build-server”/)
      const other = await door.git(
        { file: join(folder, 'deploy_key') },
        folder,
        'ls-remote',
        door.url('payments/other'),
      )
      assert.notEqual(other.code, 0)
      const push = await door.git(
        { file: join(folder, 'deploy_key') },
        join(folder, 'api'),
        'push',
        'origin',
        'HEAD:refs/heads/x',
      )
      assert.notEqual(push.code, 0)
      assert.equal(await held.tip('x'), '')
    })

    test('is told by webhook, makes a new key, publishes it, fetches with it; the former one stops', async () => {
      const { secret } = await ana.act<{ secret: string }>('POST', `${held.path}/webhooks`, {
        url: receiver.url,
        events: ['deploy-key.rotation-due', 'deploy-key.rotated', 'deploy-key.replaced'],
      })
      const [first] = await list()
      await lookAfter()
      ahead += 30 * dayMs + 60_000
      await lookAfter()
      const told = await receiver.next()
      assert.ok(await isSigned(told, secret))
      const { type, data } = JSON.parse(told.body) as {
        type: string
        data: { sentence: string; facts: Record<string, string> }
      }
      assert.equal(type, 'deploy-key.rotation-due')
      assert.deepEqual([data.facts['key'], data.facts['fingerprint']], ['build-server', first?.fingerprint])
      await does('cp deploy_key former && cp deploy_key.pub former.pub')
      const [replace] = guide.blocks(heading.replace, 'sh')
      await does(replace)
      const published = [await receiver.next(), await receiver.next()].map(
        ({ body }) => JSON.parse(body) as { type: string; data: { facts: Record<string, string> } },
      )
      assert.deepEqual(published.map((event) => event.type).toSorted(), ['deploy-key.replaced', 'deploy-key.rotated'])
      assert.equal((await fetches('deploy_key')).code, 0)
      const { code, stderr } = await fetches('former')
      assert.notEqual(code, 0)
      assert.match(stderr, /The deploy key “build-server” was replaced by a newer one/)
      await ana.signIn()
      const keys = await list()
      // Whoever waits for the new key can tell it by its fingerprint.
      const rotated = published.find((event) => event.type === 'deploy-key.rotated')
      assert.equal(rotated?.data.facts['successor'], keys[0]?.fingerprint)
      assert.deepEqual(
        keys.map(({ name, access, isWaiting, lastUsedFrom }) => ({ name, access, isWaiting, lastUsedFrom })),
        [{ name: 'build-server', access: 'read', isWaiting: false, lastUsedFrom: keys[0]?.lastUsedFrom }],
      )
      assert.match(keys[0]?.lastUsedFrom ?? '', /127\.0\.0\.1|::1/)
    })

    test('goes on from wherever it was stopped', async () => {
      const [replace] = guide.blocks(heading.replace, 'sh')
      // As often as it likes, but not at once.
      assert.notEqual((await sh(replace)).code, 0)
      assert.match(await readFile(join(folder, 'answer.json'), 'utf8'), /"code":"rotated-already"/)
      ahead += 10 * minuteMs
      // After the answer, before the new key was used.
      await sh(replace.replace(/^ {2}works$/m, '  exit 1'))
      assert.equal((await fetches('deploy_key')).code, 0)
      await does(replace)
      assert.equal((await fetches('deploy_key')).code, 0)
      ahead += 10 * minuteMs
      // After it was used, before it was moved.
      await sh(replace.replace(/^mv next deploy_key$/m, 'exit 1'))
      assert.notEqual((await fetches('deploy_key')).code, 0)
      await does(replace)
      assert.equal((await fetches('deploy_key')).code, 0)
      ahead += 10 * minuteMs
      // Before it was published.
      await sh(replace.replace(/^ {2}rm -f next.pub.sig$/m, '  exit 1'))
      await does(replace)
      assert.equal((await fetches('deploy_key')).code, 0)
    })

    test('makes another where somebody ended the one it brought', async () => {
      const [replace] = guide.blocks(heading.replace, 'sh')
      ahead += 10 * minuteMs
      await sh(replace.replace(/^ {2}works$/m, '  exit 1'))
      const [waiting] = (await list()).filter(({ isWaiting }) => isWaiting)
      await ana.act('DELETE', `${held.path}/deploy-keys/${waiting?.id}`)
      const { code, stdout } = await sh(replace)
      assert.notEqual(code, 0)
      assert.match(stdout, /This key was a deploy key before, and has ended/)
      await does(replace)
      assert.equal((await fetches('deploy_key')).code, 0)
    })

    test('a token renews itself with curl', { skip: !hasTools && 'no curl or jq' }, async () => {
      const made = await ana.act<{ secret: string }>('POST', '/me/tokens', {
        name: 'builds',
        scopes: ['account:read'],
        repositoryIds: null,
        expiresInDays: 10,
        renewsForDays: 100,
      })
      const [renew] = guide.blocks(heading.tokens, 'sh')
      const next = (await does(renew, { TOKEN: made.secret })).trim()
      assert.match(next, /^pst_pat_/)
      assert.match(await readFile(join(folder, 'answer.json'), 'utf8'), /"renewableUntil":\d+/)
      const works = (secret: string) =>
        fetch(`${door.started.origin}/api/v1/groups`, { headers: { authorization: `Bearer ${secret}` } })
      assert.equal((await works(next)).status, 200)
      assert.equal((await works(made.secret)).status, 401)
    })

    test('a token that was found is known for one, and ended with curl by whoever found it', async () => {
      const [pattern] = guide.blocks(heading.found, 'text')
      const [revoke] = guide.blocks(heading.found, 'sh')
      const token = await ana.makeToken('lost')
      const [found = ''] = new RegExp(pattern.trim()).exec(`token = "${token}"`) ?? []
      assert.equal(found, token)
      assert.equal(createHash('sha256').update(token.slice(0, -8)).digest('hex').slice(0, 8), token.slice(-8))
      const works = async () =>
        (await fetch(`${door.started.origin}/api/v1/groups`, { headers: { authorization: `Bearer ${token}` } })).status
      assert.notEqual(await works(), 401)
      for (const once of [found, found, `${found.slice(0, -1)}x`]) assert.equal(await does(revoke, { FOUND: once }), '')
      assert.equal(await works(), 401)
    })
  })
