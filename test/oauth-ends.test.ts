import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { forgetExpired } from '../src/sign-on/forget-expired.ts'
import { ApiError, type Person } from '../src/walk/person.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { ask, authorise, letIn, open, Program } from './support/oauth.ts'
import { comeBack, makeCodes, useCode } from './support/recovery.ts'
import { startPostern, type StartedPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

for (const store of eitherStore)
  describe(`what a program was let in for ends, on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let ahead = 0
    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      ana = await postern.owner()
    })
    after(() => postern[Symbol.asyncDispose]())

    const statusOf = async (token: string): Promise<number> =>
      (await fetch(`${postern.origin}/api/v1/repositories`, { headers: { authorization: `Bearer ${token}` } })).status
    const grants = () => postern.postern.ceremonies.database.read.selectFrom('oauthGrant').selectAll().execute()

    test('a token after an hour, and what it is renewed with after 90 days', async () => {
      const bo = await postern.join(ana, 'bo')
      const program = new Program(postern.origin)
      const tokens = await letIn(bo, program)
      ahead = 59 * minuteMs
      assert.equal(await statusOf(tokens.access_token), 200)
      ahead = 61 * minuteMs
      assert.equal(await statusOf(tokens.access_token), 401)
      const renewed = await program.refresh(tokens.refresh_token)
      assert.equal(renewed.status, 200)
      const next = (await renewed.json()) as typeof tokens
      assert.equal(await statusOf(next.access_token), 200)
      ahead = 91 * dayMs
      assert.equal((await program.refresh(next.refresh_token)).status, 400)
      ahead = 0
    })

    test('a code after a minute, and a question after ten', async () => {
      const program = new Program(postern.origin)
      const uid = await ask(ana, program.authUrl())
      const later = await ask(ana, program.authUrl())
      const code = (await authorise(ana, uid)).searchParams.get('code') ?? ''
      ahead = 2 * minuteMs
      assert.equal((await program.tryExchange(code)).status, 400)
      ahead = 11 * minuteMs
      await assert.rejects(
        ana.call('GET', `/authorisations/${later}`),
        (error: unknown) => error instanceof ApiError && error.status === 404,
      )
      const late = await open(ana, `${postern.origin}/oidc/auth/${later}`)
      assert.equal(late.headers.get('location'), '/-/authorise?problem=session_not_found')
      ahead = 0
    })

    test('sooner, where a rule lets tokens live for less', async () => {
      await setRules(ana, [shipped('token-lifetime', { requires: { tokenLifetimeDays: 7 } })])
      const uid = await ask(ana, new Program(postern.origin).authUrl())
      const asked = await ana.call<{ lifetimeDays: number }>('GET', `/authorisations/${uid}`)
      assert.equal(asked.lifetimeDays, 7)
      const { access_token } = await letIn(ana)
      const [newest] = (await grants()).toSorted((a, b) => b.createdAt - a.createdAt)
      assert.equal((newest?.expiresAt ?? 0) - (newest?.createdAt ?? 0), 7 * dayMs)
      assert.equal(await statusOf(access_token), 200)
      // Judged at each use, whatever held when it was let in.
      const elsewhere = { does: ['token.use'], requires: { networks: ['192.0.2.0/24'] } }
      await setRules(ana, [shipped('token-lifetime', elsewhere)])
      assert.equal(await statusOf(access_token), 403)
      await setRules(ana, [])
      assert.equal(await statusOf(access_token), 200)
    })

    test('on the day on which its guest’s access ends', async () => {
      const endsAt = Date.now() + 3 * dayMs
      const gil = await postern.join(ana, 'gil', 'guest')
      await postern.postern.ceremonies.database.write((tx) =>
        tx.updateTable('user').set({ endsAt }).where('username', '=', 'gil').execute(),
      )
      const program = new Program(postern.origin)
      const { access_token } = await letIn(gil, program)
      const { items } = await gil.call<{ items: { expiresAt: number }[] }>('GET', '/me/programs')
      assert.equal(items[0]?.expiresAt, endsAt)
      assert.equal(await statusOf(access_token), 200)
      ahead = 3 * dayMs + minuteMs
      assert.equal(await statusOf(access_token), 401)
      ahead = 0
    })

    test('not with the session in which it was tapped for', async () => {
      const cy = await postern.join(ana, 'cy')
      const { access_token } = await letIn(cy)
      await cy.signOut()
      assert.equal(await statusOf(access_token), 200)
    })

    test('when its person gets back in with a recovery code', async () => {
      const fay = await postern.join(ana, 'fay')
      const [code = ''] = await makeCodes(fay)
      const program = new Program(postern.origin)
      const tokens = await letIn(fay, program)
      await comeBack(await useCode(postern.stranger(), 'fay', code), 'fay')
      assert.equal(await statusOf(tokens.access_token), 401)
      assert.equal((await program.refresh(tokens.refresh_token)).status, 400)
    })

    test('what it has open is cut when its person stops it, and nothing else of theirs', async () => {
      const di = await postern.join(ana, 'di')
      await ana.call('POST', '/projects', { name: 'open', description: '' })
      const repository = await ana.call<{ id: string }>('POST', '/projects/open/repositories', {
        name: 'one',
        description: '',
        visibility: 'internal',
      })
      const { access_token } = await letIn(di)
      const other = await letIn(di)
      const stream = await openStream(postern.origin, access_token, repository.id)
      const still = await openStream(postern.origin, other.access_token, repository.id)
      const { items } = await di.call<{ items: { id: string }[] }>('GET', '/me/programs')
      const closed = new Promise((resolve) => void stream.once('close', resolve))
      await di.act('DELETE', `/me/programs/${items.at(-1)?.id}`)
      await closed
      assert.equal(still.closed, false)
      still.destroy()
    })

    test('what has expired is forgotten', async () => {
      await letIn(ana)
      const { database } = postern.postern.ceremonies
      const count = async () => (await database.read.selectFrom('oauthState').select('model').execute()).length
      assert.ok((await count()) > 0)
      await forgetExpired({ database, now: () => Date.now() + 100 * dayMs })
      assert.equal(await count(), 0)
    })

    test('nobody stops what is another’s', async () => {
      const ed = await postern.join(ana, 'ed')
      const { access_token } = await letIn(ed)
      const { items } = await ed.call<{ items: { id: string }[] }>('GET', '/me/programs')
      await assert.rejects(
        ana.act('DELETE', `/me/programs/${items[0]?.id}`),
        (error: unknown) => error instanceof ApiError && error.status === 404,
      )
      assert.equal(await statusOf(access_token), 200)
    })
  })

/** Server-sent events, open until something ends them. */
async function openStream(origin: string, token: string, about: string): Promise<IncomingMessage> {
  const asked = request(`${origin}/api/v1/live?about=${about}`, {
    headers: { authorization: `Bearer ${token}` },
    agent: false,
  })
  asked.on('error', () => {})
  asked.end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  assert.equal(response.statusCode, 200)
  response.on('error', () => {})
  response.resume()
  return response
}
