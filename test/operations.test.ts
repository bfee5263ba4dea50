import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ApiTokenView } from '../src/access-keys/shapes.ts'
import type { Rule } from '../src/policy/rule.ts'
import { commitAs, git, gitOrThrow, withToken } from '../src/walk/git.ts'
import { Person } from '../src/walk/person.ts'
import { signInWith } from './support/ceremony.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { type Hold, startHold } from './support/hold.ts'
import { blobOf, metadataFlags } from './support/metadata.ts'
import { rawRequest } from './support/raw-request.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
// More than the buffers between git and the server hold, so that what is held has not ended in secret.
const packBytes = 24 * 1024 ** 2
const heldBytes = 1024 ** 2

const isPath = (path: string) => (incoming: IncomingMessage) => incoming.method === 'POST' && incoming.url === path

// An operation that began authorised finishes: limits of time are asked at its start, and again at that of the next. What
// ends by somebody’s decision is cut.
describe('an operation under way', () => {
  let postern: StartedPostern
  let trusted: Awaited<ReturnType<typeof metadataFlags>>
  let ana: Person
  let work: string
  let ahead = 0
  before(async () => {
    trusted = await metadataFlags()
    postern = await startPostern({ flags: trusted.flags, now: () => Date.now() + ahead })
    ana = await postern.owner()
    await ana.call('POST', '/projects', { name: 'crew', description: '' })
    await ana.call('POST', '/projects/crew/repositories', { name: 'rocket', description: '' })
    work = join(postern.folder, 'work')
    await mkdir(work)
    await gitOrThrow(work, ['init', '-q', '-b', 'main'])
    await commit('first')
    await gitOrThrow(work, ['tag', 'first'])
    await gitOrThrow(work, [...withToken(await ana.makeToken('start')), 'push', '-q', remote(postern.origin), 'main'])
  })
  after(async () => {
    await postern[Symbol.asyncDispose]()
    await trusted[Symbol.asyncDispose]()
  })

  const remote = (address: string): string => `${address}/crew/rocket.git`
  const database = () => postern.postern.ceremonies.database
  const owner = async (): Promise<Person> => {
    const person = new Person(postern.origin, ana.authenticator)
    await signInWith(person)
    return person
  }
  async function commit(message: string): Promise<void> {
    await writeFile(join(work, 'fuel.bin'), randomBytes(packBytes))
    await gitOrThrow(work, ['add', '.'])
    await gitOrThrow(work, ['commit', '-q', '-m', message], commitAs('Ana', 'ana@example.com', Date.now()))
  }
  const tipOf = async (ref: string): Promise<string> => (await gitOrThrow(work, ['rev-parse', ref])).trim()
  const running = async (operation: string): Promise<number> => {
    const { body } = await rawRequest(postern.origin, {
      path: '/metrics',
      headers: { host: new URL(postern.origin).host },
    })
    const pattern = new RegExp(`^postern_git_operations_running\\{operation="${operation}"\\} (\\d+)$`, 'm')
    return Number(pattern.exec(body)?.[1])
  }
  const nextRequest = async (token: string): Promise<number> => {
    const path = '/crew/rocket.git/info/refs?service=git-upload-pack'
    const headers = { host: new URL(postern.origin).host, authorization: `Bearer ${token}` }
    return (await rawRequest(postern.origin, { path, headers })).status
  }

  const limits: { what: string; rules: Rule[]; passMs: number; status: number }[] = [
    { what: 'its token’s own end', rules: [], passMs: 31 * dayMs, status: 401 },
    {
      what: 'the age a guardrail allows its token',
      rules: [shipped('token-lifetime', { does: ['token.use'], requires: { tokenLifetimeDays: 1 } })],
      passMs: 2 * dayMs,
      status: 403,
    },
  ]

  for (const { what, rules, passMs, status } of limits) {
    test(`a clone goes on past ${what}`, async () => {
      const person = await owner()
      const token = await person.makeToken('clone')
      await setRules(person, rules)
      await using hold = await holdClone()
      const folder = join(postern.folder, `clone-${passMs}`)
      const cloning = git(work, [...withToken(token), 'clone', '-q', remote(hold.address), folder])
      await hold.held
      ahead += passMs
      assert.equal(await running('fetch'), 1)
      assert.equal(await nextRequest(token), status, 'the next request is refused')
      hold.letGo()
      const { code, stderr } = await cloning
      assert.equal(code, 0, stderr)
      await gitOrThrow(folder, ['fsck', '--full'])
      assert.equal((await gitOrThrow(folder, ['rev-parse', 'HEAD'])).trim(), await tipOf('first'))
      await setRules(await owner(), [])
    })

    test(`a push goes on past ${what}`, async () => {
      const person = await owner()
      const token = await person.makeToken('push')
      await setRules(person, rules)
      await commit(`past ${what}`)
      await using hold = await startHold({
        origin: postern.origin,
        matches: isPath('/crew/rocket.git/git-receive-pack'),
        from: 'client',
        bytes: heldBytes,
      })
      const branch = `work-${passMs}`
      const whole = ['-c', `http.postBuffer=${2 * packBytes}`]
      const pushing = git(work, [...withToken(token), ...whole, 'push', '-q', remote(hold.address), `main:${branch}`])
      await hold.held
      await quarantine()
      ahead += passMs
      assert.equal(await running('push'), 1)
      assert.equal(await nextRequest(token), status, 'the next request is refused')
      hold.letGo()
      const { code, stderr } = await pushing
      assert.equal(code, 0, stderr)
      const row = await database()
        .read.selectFrom('refUpdate')
        .select(['state', 'newOid'])
        .where('ref', '=', `refs/heads/${branch}`)
        .executeTakeFirst()
      assert.deepEqual({ ...row }, { state: 'done', newOid: await tipOf('main') })
      await setRules(await owner(), [])
    })
  }

  test('an upload goes on past the end of its session, and the next request is refused', async () => {
    const limit = shipped('session-limits', { requires: { sessionAbsoluteSeconds: 15 * 60 } })
    await setRules(await owner(), [limit])
    await using hold = await startHold({
      origin: postern.origin,
      matches: (incoming) => isPath('/api/v1/metadata')(incoming) && incoming.headers['postern-seal'] !== undefined,
      from: 'client',
      bytes: 1024,
    })
    const person = new Person(postern.origin, ana.authenticator, hold.address)
    await signInWith(person)
    ahead += 13 * minuteMs
    const body = { blob: blobOf([], { number: 7 }) }
    const { sealRequestId = '' } = await refused(person.call('POST', '/metadata', body), 401, 'seal-required')
    const sealId = await person.tap(sealRequestId)
    ahead += minuteMs
    const began = Date.now() + ahead
    const uploading = person.call<{ outcome: string }>('POST', '/metadata', body, { 'postern-seal': sealId })
    await hold.held
    await sessionUsedSince(began)
    ahead += 2 * minuteMs
    await refused(person.call('GET', '/me'), 401, 'sign-in-required')
    hold.letGo()
    assert.equal((await uploading).outcome, 'imported')
    await setRules(await owner(), [])
  })

  test('ending a token refuses the next request at once, and cuts what it has open', async () => {
    const person = await owner()
    const token = await person.makeToken('stolen')
    await using hold = await holdClone()
    const cloning = git(work, [...withToken(token), 'clone', '-q', remote(hold.address), join(postern.folder, 'ended')])
    await hold.held
    assert.equal(await nextRequest(token), 200)
    const { items } = await person.call<{ items: ApiTokenView[] }>('GET', '/me/tokens')
    await person.act('DELETE', `/me/tokens/${items.find(({ name }) => name === 'stolen')?.id}`)
    assert.equal(await nextRequest(token), 401)
    const next = await git(work, [...withToken(token), 'ls-remote', remote(postern.origin)])
    assert.notEqual(next.code, 0)
    hold.letGo()
    assert.notEqual((await cloning).code, 0)
  })

  const holdClone = (): Promise<Hold> =>
    startHold({
      origin: postern.origin,
      matches: isPath('/crew/rocket.git/git-upload-pack'),
      from: 'server',
      bytes: heldBytes,
    })

  /** The push was let in, and git receives its objects. */
  async function quarantine(): Promise<void> {
    for (;;) {
      const names = await readdir(join(postern.folder, 'data', 'repositories'), { recursive: true }).catch(() => [])
      if (names.some((name) => /objects\/tmp_objdir[^/]*$/.test(name))) return
    }
  }

  /** The request was let in: its session was noted as used. */
  async function sessionUsedSince(at: number): Promise<void> {
    const used = () =>
      database().read.selectFrom('session').select('id').where('lastSeenAt', '>=', at).executeTakeFirst()
    while ((await used()) === undefined) await new Promise((resolve) => setImmediate(resolve))
  }
})
