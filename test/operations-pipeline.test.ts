import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { commitAs, git, gitOrThrow, withToken } from '../src/walk/git.ts'
import { Person } from '../src/walk/person.ts'
import { signInWith } from './support/ceremony.ts'
import { letIn, newPipeline, ownType, refusedExchange, renew, trade } from './support/exchange.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { startHold } from './support/hold.ts'
import { refused } from './support/refusal.ts'
import { startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'
import { startWorkloadIssuer } from './support/workload-issuer.ts'

const minuteMs = 60_000
const shop = '/projects/acme/repositories/shop'
// More than the buffers between git and the server hold, so that what is held has not ended in secret.
const packBytes = 24 * 1024 ** 2
const heldBytes = 1024 ** 2

for (const { name, flags } of eitherStore)
  test(`a job that renews its token comes in for 90 minutes, where sessions end after 4 idle or 15 in all, and is cut with its pipeline, on ${name}`, async () => {
    let ahead = 0
    const now = () => Date.now() + ahead
    await using issuer = await startWorkloadIssuer({ now })
    await using postern = await startPostern({ flags: [...(await flags()), '--outbound-allow', '127.0.0.1'], now })
    const { origin } = postern
    const ana = await postern.owner()
    await ana.call('POST', '/projects', { name: 'acme', description: '' })
    await ana.call('POST', '/projects/acme/repositories', { name: 'shop', description: '' })
    const { id } = await letIn(ana, shop, newPipeline(issuer.issuer, { lifetimeMinutes: 10, runHours: 2 }))
    await setRules(ana, [
      shipped('session-limits', { requires: { sessionIdleSeconds: 4 * 60, sessionAbsoluteSeconds: 15 * 60 } }),
      shipped('token-lifetime', { does: ['token.use'], requires: { tokenLifetimeDays: 1 } }),
    ])

    // What the job does at its start, and every four minutes from then on, by a clock that the test moves: rules about
    // sessions are none about its tokens, each of which has its own ten minutes.
    let token = (await trade(origin, 'acme/shop', await issuer.sign())).access_token
    const work = join(postern.folder, 'work')
    await mkdir(work)
    await gitOrThrow(work, ['init', '-q', '-b', 'main'])
    await writeFile(join(work, 'fuel.bin'), randomBytes(packBytes))
    await gitOrThrow(work, ['add', '.'])
    await gitOrThrow(work, ['commit', '-q', '-m', 'fuel'], commitAs('Job', 'job@example.com', Date.now()))
    const remote = (address: string): string => `${address}/acme/shop.git`
    await gitOrThrow(work, [...withToken(token), 'push', '-q', remote(origin), 'main'])
    const isLetIn = async (secret: string): Promise<boolean> =>
      (await git(work, [...withToken(secret), 'ls-remote', remote(origin)])).code === 0
    const former: string[] = []
    for (let passed = 0; passed < 90; passed += 4) {
      ahead += 4 * minuteMs
      former.push(token)
      token = (await renew(origin, token)).access_token
      assert.ok(await isLetIn(token), `after ${passed + 4} minutes`)
    }
    await refused(ana.call('GET', '/me'), 401, 'sign-in-required')
    assert.equal(await isLetIn(former[0] ?? ''), false, 'each token has its own short end')

    // A clone that began with a token goes on past the end of that, with nobody using it meanwhile.
    const holdClone = () =>
      startHold({
        origin,
        matches: (incoming) => incoming.method === 'POST' && incoming.url === '/acme/shop.git/git-upload-pack',
        from: 'server',
        bytes: heldBytes,
      })
    const clone = (address: string, into: string) =>
      git(postern.folder, [...withToken(token), 'clone', '-q', remote(address), into])
    {
      await using hold = await holdClone()
      const cloning = clone(hold.address, 'past')
      await hold.held
      const next = (await renew(origin, token)).access_token
      ahead += 9 * minuteMs
      const last = (await renew(origin, next)).access_token
      ahead += 2 * minuteMs
      assert.equal(await isLetIn(token), false)
      token = last
      hold.letGo()
      const { code, stderr } = await cloning
      assert.equal(code, 0, stderr)
    }

    // The access ends: the very next use is refused, and what is open is cut.
    await using hold = await holdClone()
    const cloning = clone(hold.address, 'cut')
    await hold.held
    const there = new Person(origin, ana.authenticator)
    await signInWith(there)
    await there.act('DELETE', `${shop}/pipelines/${id}`)
    assert.equal(await isLetIn(token), false)
    await refusedExchange(origin, { subject_token: token, subject_token_type: ownType }, 'invalid_request')
    hold.letGo()
    assert.notEqual((await cloning).code, 0)
  })

test('a run goes on no longer than was allowed from its start', async () => {
  let ahead = 0
  const now = () => Date.now() + ahead
  await using issuer = await startWorkloadIssuer({ now })
  await using postern = await startPostern({ flags: ['--outbound-allow', '127.0.0.1'], now })
  const { origin } = postern
  const ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'acme', description: '' })
  await ana.call('POST', '/projects/acme/repositories', { name: 'shop', description: '' })
  await letIn(ana, shop, newPipeline(issuer.issuer, { lifetimeMinutes: 60, runHours: 1 }))
  let { access_token: token, expires_in: seconds } = await trade(origin, 'acme/shop', await issuer.sign())
  assert.equal(seconds, 3600)
  ahead += 45 * minuteMs
  ;({ access_token: token, expires_in: seconds } = await renew(origin, token))
  assert.ok(seconds <= 900 && seconds > 800, String(seconds))
  ahead += 14 * minuteMs
  ;({ access_token: token, expires_in: seconds } = await renew(origin, token))
  assert.ok(seconds <= 60 && seconds > 0, String(seconds))
  ahead += minuteMs
  await refusedExchange(origin, { subject_token: token, subject_token_type: ownType }, 'invalid_request')
})
