import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { AccessEnd, AccessEndSummary, AccessPreview, Restored } from '../src/identity/ending/shapes.ts'
import { preAuthEncoding } from '../src/seals/format/dsse.ts'
import type { Person } from '../src/walk/person.ts'
import { applicant } from './support/ceremony.ts'
import { startMailServer } from './support/mail-server.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { stores } from './support/stores.ts'

const execute = promisify(execFile)
const end = (by: Person, username: string, reason = 'left') =>
  by.act<AccessEnd>('POST', `/people/${username}/end`, { reason })

for (const store of stores)
  describe(`access that ends by a person's decision, on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
    })
    after(() => postern[Symbol.asyncDispose]())

    test('is shown before, ends at once with one tap, and leaves a receipt', async () => {
      const ben = await postern.join(ana, 'ben')
      const token = await ben.makeToken('laptop')
      await ben.signIn()
      const preview = await ana.call<AccessPreview>('GET', '/people/ben/access')
      const count = (kind: string): number => preview.kinds.find((one) => one.kind === kind)?.count ?? 0
      assert.deepEqual([count('sessions'), count('passkeys'), count('API tokens')], [2, 1, 1])
      assert.deepEqual([preview.isLastOwner, preview.refusal, preview.state], [false, null, 'active'])

      const receipt = await end(ana, 'ben', '  lost their laptop ')
      await refused(ben.call('GET', '/me'), 401, 'sign-in-required')
      await assert.rejects(ben.signIn())
      const answer = await fetch(`${postern.origin}/api/v1/projects`, { headers: { authorization: `Bearer ${token}` } })
      assert.equal(answer.status, 401)

      assert.equal(receipt.state, 'complete')
      assert.equal(receipt.reason, 'lost their laptop')
      // Words of somebody's own may name anybody: the ledger keeps only their salted hash for ever.
      const told = await ana.call<{ items: { leaf: string }[] }>('GET', '/audit?action=access.ended')
      const { facts, personal } = JSON.parse(told.items[0]?.leaf ?? '') as { facts: object; personal: object }
      assert.deepEqual([Object.hasOwn(facts, 'reason'), Object.keys(personal)], [false, ['reason']])
      assert.equal(receipt.decidedBy?.username, 'ana')
      assert.deepEqual([receipt.cause, receipt.restoredAt], ['console', null])
      assert.deepEqual(
        receipt.ended.map(({ kind, count: many }) => [kind, many]),
        [
          ['sessions', 2],
          ['passkeys', 1],
          ['API tokens', 1],
        ],
      )
      assert.ok((receipt.completedAt ?? 0) >= receipt.decidedAt)
      assert.equal(receipt.nodes.length, 1)
      const { items } = await ana.call<{ items: AccessEndSummary[] }>('GET', '/people/ben/ends')
      assert.deepEqual(
        items.map(({ id }) => id),
        [receipt.id],
      )
      assert.deepEqual(await ana.call('GET', `/access-ends/${receipt.id}`), receipt)
      await refused(end(ana, 'ben'), 409, 'already-ended')
      await refused(ana.call('GET', '/access-ends/end_none'), 404, 'not-found')
    })

    test('a receipt is checked with openssl and nothing of ours', async () => {
      await postern.join(ana, 'olga')
      const { receipt, id } = await end(ana, 'olga')
      assert.ok(receipt)
      const { keyId, publicKeyPem } = (await (await fetch(`${postern.origin}/api/v1/access-ends/key`)).json()) as {
        keyId: string
        publicKeyPem: string
      }
      const payload = Buffer.from(receipt.payload, 'base64')
      const place = (name: string): string => join(postern.folder, name)
      await writeFile(place('key.pem'), publicKeyPem)
      await writeFile(place('message'), preAuthEncoding(payload))
      await writeFile(place('signature'), Buffer.from(receipt.signatures[0]?.sig ?? '', 'base64'))
      const { stdout } = await execute('openssl', [
        'pkeyutl',
        '-verify',
        '-pubin',
        '-inkey',
        place('key.pem'),
        '-rawin',
        '-in',
        place('message'),
        '-sigfile',
        place('signature'),
      ])
      assert.match(stdout, /Signature Verified Successfully/)
      assert.equal(receipt.signatures[0]?.keyid, keyId)
      const { predicateType, predicate } = JSON.parse(payload.toString()) as {
        predicateType: string
        predicate: { id: string; instance: string; account: { username: string }; remains: { until: null }[] }
      }
      assert.equal(predicateType, 'urn:postern:access-end:v1')
      assert.deepEqual([predicate.id, predicate.instance, predicate.account.username], [id, postern.origin, 'olga'])
      assert.deepEqual(
        predicate.remains.map(({ until }) => until),
        [null],
      )
    })

    test('is not one’s own to end, nor an owner’s for anybody but an owner, nor ever the last owner’s', async () => {
      const carl = await postern.join(ana, 'carl', 'admin')
      await postern.join(ana, 'dora', 'admin')
      await postern.join(ana, 'emil')
      await refused(end(ana, 'ana'), 403, 'not-allowed')
      await refused(end(carl, 'dora'), 403, 'not-allowed')
      await refused(end(carl, 'ana'), 403, 'not-allowed')
      await refused(end(carl, 'nobody'), 404, 'not-found')
      const emil = await end(carl, 'emil')
      assert.equal(emil.decidedBy?.username, 'carl')
      const preview = await carl.call<AccessPreview>('GET', '/people/dora/access')
      assert.match(preview.refusal ?? '', /Only an owner/)
      assert.ok((await carl.call<AccessPreview>('GET', '/people/ana/access')).isLastOwner)
    })

    test('two owners who end each other in the same instant leave one', async () => {
      await using other = await startPostern({ flags: await store.flags() })
      const one = await other.owner('one')
      const { link } = await one.act<{ link: string }>('POST', '/people', { ...applicant('two'), role: 'owner' })
      const two = other.stranger()
      await two.register(link, applicant('two'))
      const outcomes = await Promise.allSettled([end(one, 'two'), end(two, 'one')])
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
      const { read } = other.postern.ceremonies.database
      const owners = await read.selectFrom('user').select('username').where('state', '=', 'active').execute()
      assert.equal(owners.length, 1)
    })

    test('of two who end one person at once, one decides', async () => {
      await postern.join(ana, 'finn')
      const carl = await postern.join(ana, 'carla', 'admin')
      const outcomes = await Promise.allSettled([end(ana, 'finn'), end(carl, 'finn')])
      assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
      const { items } = await ana.call<{ items: unknown[] }>('GET', '/people/finn/ends')
      assert.equal(items.length, 1)
    })

    test('gives back the account alone, with a link, and nothing old works', async () => {
      const gus = await postern.join(ana, 'gus')
      const token = await gus.makeToken('laptop')
      await end(ana, 'gus')
      const carl = await postern.join(ana, 'carol', 'admin')
      const restored = await carl.act<Restored>('POST', '/people/gus/restore', {})
      assert.equal(restored.person.username, 'gus')
      await assert.rejects(gus.signIn())
      await refused(gus.call('GET', '/me'), 401, 'sign-in-required')
      const answer = await fetch(`${postern.origin}/api/v1/projects`, { headers: { authorization: `Bearer ${token}` } })
      assert.equal(answer.status, 401)
      const anew = postern.stranger()
      await anew.register(restored.link ?? '', applicant('gus'))
      assert.equal((await anew.call<{ username: string }>('GET', '/me')).username, 'gus')
      const [last] = (await ana.call<{ items: AccessEndSummary[] }>('GET', '/people/gus/ends')).items
      assert.ok(last?.restoredAt)
      await refused(ana.act('POST', '/people/gus/restore', {}), 409, 'not-ended')
      await end(ana, 'gus')
      await refused(anew.call('GET', '/me'), 401, 'sign-in-required')
    })

    test('ends with a person the agents they answer for, each with a receipt of its own', async () => {
      const hal = await postern.join(ana, 'hal', 'admin')
      await hal.act('POST', '/agents', { username: 'robot', displayName: 'Robot' })
      const made = { name: 'robot', scopes: ['repository:read'], repositoryIds: null, expiresInDays: 3 }
      const { secret } = await hal.act<{ secret: string }>('POST', '/agents/robot/tokens', made)
      const preview = await ana.call<AccessPreview>('GET', '/people/hal/access')
      assert.deepEqual(
        preview.agents.map(({ username }) => username),
        ['robot'],
      )
      const { agents } = await end(ana, 'hal')
      assert.deepEqual(
        agents.map(({ agent }) => agent.username),
        ['robot'],
      )
      const answer = await fetch(`${postern.origin}/api/v1/projects`, {
        headers: { authorization: `Bearer ${secret}` },
      })
      assert.equal(answer.status, 401)
      const own = await ana.call<AccessEnd>('GET', `/access-ends/${agents[0]?.id}`)
      assert.deepEqual([own.cause, own.state, own.ended.length], ['owner', 'complete', 1])
      await refused(ana.act('POST', '/people/robot/restore', {}), 409, 'owner-ended')
      // Nobody else answers for what it did, and nobody taps to be told so.
      const { help } = await refused(ana.call('PATCH', '/agents/robot', { owner: 'ana' }), 409, 'agent-ended')
      assert.equal(help, 'Add a new agent: whoever answered for this one is not here any more.')
    })

    test('can be decided by a program that holds a token for acts, for which its person taps', async () => {
      await postern.join(ana, 'ida')
      const token = await ana.makeToken('offboarding', ['act', 'account:read'])
      const ask = (seal?: string) =>
        fetch(`${postern.origin}/api/v1/people/ida/end`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            ...(seal === undefined ? {} : { 'postern-seal': seal }),
          },
          body: JSON.stringify({ reason: '' }),
        })
      const first = await ask()
      assert.equal(first.status, 401)
      const { sealRequestId } = (await first.json()) as { sealRequestId: string }
      const seal = await ana.tap(sealRequestId)
      const answer = await ask(seal)
      assert.equal(answer.status, 200)
      assert.equal(((await answer.json()) as AccessEnd).cause, 'api')
    })
  })

test('the person is told by a letter that their access ended, and later that it is back; nothing else reaches them', async () => {
  await using server = await startMailServer()
  const flags = ['--smtp-url', `smtp://127.0.0.1:${server.port}`, '--mail-from', 'Postern <postern@example.com>']
  await using postern = await startPostern({ flags })
  const ana = await postern.owner()
  await postern.join(ana, 'jan')
  assert.deepEqual((await server.next()).to, ['jan@example.com'])
  await end(ana, 'jan')
  const letter = await server.next()
  assert.deepEqual(letter.to, ['jan@example.com'])
  assert.equal(letter.headers.get('subject'), 'Your access ended')
  assert.doesNotMatch(letter.text, /left/, 'the reason is the administrators’')
  await ana.act('POST', '/people/jan/restore', {})
  assert.equal((await server.next()).headers.get('subject'), 'Your access was given back')
})

test('what ended is signed although nobody looks at it, also where the server stops in that moment', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  await postern.join(ana, 'kim')
  const { ceremonies, endAccess } = postern.postern
  const { database, now } = ceremonies
  const { id: userId } = await database.read
    .selectFrom('user')
    .select('id')
    .where('username', '=', 'kim')
    .executeTakeFirstOrThrow()
  await database.write((tx) => endAccess.end(tx, { userId, cause: 'group', actor: null, at: now() }))
  await postern.restart()
  const rows = await postern.postern.ceremonies.database.read.selectFrom('accessEnd').selectAll().execute()
  assert.deepEqual(
    rows.map(({ receipt, nodes }) => [receipt !== null, (JSON.parse(nodes ?? '[]') as unknown[]).length]),
    [[true, 1]],
  )
})
