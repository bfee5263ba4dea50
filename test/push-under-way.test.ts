import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { ApiTokenMade } from '../src/access-keys/shapes.ts'
import { encodePkt, flushPkt } from '../src/protocols/git/pkt-line.ts'
import { zeroOid } from '../src/protocols/git/receive-commands.ts'
import { commitAs, gitOrThrow } from '../src/walk/git.ts'
import type { Person } from '../src/walk/person.ts'
import { until } from './support/git-remote.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { letIn, Program } from './support/oauth.ts'
import { makeProposing, type Proposing } from './support/proposed.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const minuteMs = 60_000

/** Somebody sends a push slowly, and what they came in with ends before its last byte. */
for (const store of eitherStore)
  describe(`what ends while a push is under way, on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let ben: Person
    let repository: Proposing
    let ahead = 0
    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      ana = await postern.owner()
      repository = await makeProposing(postern, ana, 'payments/api')
      ben = await postern.join(ana, 'ben')
    })
    after(() => postern[Symbol.asyncDispose]())
    // Time passes between the tests, and sessions end.
    beforeEach(async () => {
      for (const person of [ana, ben]) await person.signIn()
      await give('write')
    })

    const member = (): string => `${repository.path}/members/user/ben`
    const give = (role: string) => ana.act('PUT', member(), { role })
    const makeToken = (more: object = {}): Promise<ApiTokenMade> =>
      ben.act('POST', '/me/tokens', {
        name: 'slow',
        scopes: ['repository:write'],
        repositoryIds: null,
        expiresInDays: 1,
        ...more,
      })
    const refs = (): Promise<string> => gitOrThrow(join(postern.folder, 'data'), ['--git-dir', folder, 'for-each-ref'])
    let folder = ''
    const isUnpacking = async (): Promise<boolean> =>
      (await readdir(join(folder, 'objects'))).some((name) => name.startsWith('tmp_objdir-incoming'))

    /** Pushes one commit to `ref`; its last bytes are sent after `meanwhile`. Resolves with what came back, or how it broke. */
    async function push(secret: string, ref: string, meanwhile: () => Promise<unknown>): Promise<string> {
      const work = join(postern.folder, 'work-payments-api')
      await gitOrThrow(work, ['switch', '--quiet', '--detach', 'main'])
      await gitOrThrow(work, ['commit', '--allow-empty', '-qm', ref], commitAs('Ben', 'ben@example.com', Date.now()))
      const oid = (await gitOrThrow(work, ['rev-parse', 'HEAD'])).trim()
      const pack = execFileSync('git', ['pack-objects', '--revs', '--stdout', '-q'], {
        cwd: work,
        input: `${oid}\n^${oid}~1\n`,
      })
      const sent = request(`${postern.origin}/payments/api.git/git-receive-pack`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/x-git-receive-pack-request' },
      })
      const { promise, resolve } = Promise.withResolvers<string>()
      sent.on('error', (error) => resolve(String(error)))
      sent.on('response', (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.on('error', (error) => resolve(String(error)))
        response.on('end', () => resolve(text))
      })
      const capabilities = 'report-status-v2 side-band-64k agent=slow'
      sent.write(
        Buffer.concat([encodePkt(`${zeroOid} ${oid} ${ref}\0${capabilities}\n`), flushPkt, pack.subarray(0, 20)]),
      )
      await until(isUnpacking, Boolean)
      await meanwhile()
      sent.end(pack.subarray(20))
      const answer = await promise
      await until(isUnpacking, (is) => !is)
      return answer
    }

    before(async () => {
      const root = join(postern.folder, 'data', 'repositories')
      const heads = (await readdir(root, { recursive: true })).find((name) => name.endsWith('HEAD')) ?? assert.fail()
      folder = join(root, heads, '..')
    })

    for (const [kind, ref, made] of [
      ['a push', 'refs/heads/late', 'refs/heads/late'],
      ['a proposal', 'refs/for/main', 'refs/heads/ben/'],
    ] as const) {
      test(`${kind} of whoever loses their role meanwhile does not land`, async () => {
        const { secret } = await makeToken()
        assert.match(await push(secret, ref, () => give('read')), /You may not write here any more/)
        await give('write')
        assert.match(await push(secret, ref, () => ana.act('DELETE', member())), /You may not write here any more/)
        assert.ok(!(await refs()).includes(made))
      })

      test(`${kind} by a token that ends meanwhile is cut off`, async () => {
        const { secret, token } = await makeToken()
        const other = await makeToken()
        const answer = await push(secret, ref, () => ben.act('DELETE', `/me/tokens/${token.id}`))
        assert.match(answer, /Error: /)
        assert.ok(!(await refs()).includes(made))
        // Only what was open by that one.
        const fine = await push(other.secret, 'refs/heads/fine', () =>
          ben.act('DELETE', `/me/tokens/${token.id}`).catch(() => {}),
        )
        assert.match(fine, /ok refs\/heads\/fine/)
        await gitOrThrow(folder, ['update-ref', '-d', 'refs/heads/fine'])
      })
    }

    test('a push by a token that runs out, and grows too old for the rules, meanwhile lands: time cuts off nothing', async () => {
      const { secret } = await makeToken()
      const program = await letIn(ben, new Program(postern.origin))
      await setRules(ana, [shipped('token-lifetime', { requires: { tokenLifetimeDays: 1 } })])
      for (const [name, token, minutes] of [
        ['of-a-program', program.access_token, 61],
        ['in-time', secret, 2 * 24 * 60],
      ] as const) {
        const answer = await push(token, `refs/heads/${name}`, async () => (ahead += minutes * minuteMs))
        assert.match(answer, new RegExp(`ok refs/heads/${name}`))
        const authorization = `Bearer ${token}`
        const again = postern.stranger().call('GET', repository.path, undefined, { authorization })
        await refused(again, 401, 'token-refused')
      }
      await ana.signIn()
      await setRules(ana, [])
    })

    test('a push with a former secret that was followed meanwhile does not land, and is no theft', async () => {
      const { secret } = await makeToken({ renewsForDays: 30 })
      const call = (shown: string, method: 'GET' | 'POST', path: string) =>
        postern.stranger().call<ApiTokenMade>(method, path, method === 'GET' ? undefined : {}, {
          authorization: `Bearer ${shown}`,
        })
      let next = ''
      const answer = await push(secret, 'refs/heads/late', async () => {
        next = (await call(secret, 'POST', '/tokens/rotate')).secret
        await call(next, 'GET', repository.path)
        ahead += 5 * minuteMs
      })
      assert.match(answer, /Your access ended while this push was under way/)
      assert.ok(!(await refs()).includes('refs/heads/late'))
      await call(next, 'GET', repository.path)
    })
  })
