import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { after, before, beforeEach, describe, test } from 'node:test'
import { inspect } from 'node:util'
import type { Action } from '../src/audit/actions.ts'
import { followEvents } from '../src/audit/follow-events.ts'
import { recordEvent } from '../src/audit/record.ts'
import type { Database } from '../src/database/handles.ts'
import { type Id, newId } from '../src/database/id.ts'
import { openDatabase } from '../src/database/open.ts'
import { createUser } from '../src/identity/users.ts'
import { createOutbound, type Outbound } from '../src/outbound/outbound.ts'
import { createSecrets, type Secrets } from '../src/secrets/secrets.ts'
import { cleanUp } from '../src/webhooks/clean-up.ts'
import { replayDelivery, viewDelivery } from '../src/webhooks/deliveries.ts'
import { queueDeliveries } from '../src/webhooks/queue-deliveries.ts'
import { createDeliverySender, type DeliverySender } from '../src/webhooks/send-deliveries.ts'
import type { SwitchedOff } from '../src/webhooks/switch-off.ts'
import { makeSecret } from '../src/webhooks/webhook-secrets.ts'
import { applicant } from './support/ceremony.ts'
import { postgresDatabase } from './support/postgres.ts'
import { isSigned, type Receiver, startReceiver } from './support/receiver.ts'
import { deliveryRow, webhookRow } from './support/webhook-rows.ts'

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const origin = 'https://git.example.com'
const house = createOutbound({ allow: ['127.0.0.0/8'] })

for (const store of ['SQLite', 'PostgreSQL'])
  describe(`deliveries on ${store}`, () => {
    let database: Database
    let secrets: Secrets
    let userId: Id<'usr'>
    let projectId: Id<'prj'>
    let clock = Date.UTC(2026, 2, 1)
    let told: SwitchedOff[] = []
    let errors: unknown[] = []
    const senders: DeliverySender[] = []
    before(async () => {
      const url = store === 'SQLite' ? 'sqlite::memory:' : await postgresDatabase()
      database = followEvents(await openDatabase(url), (tx, event, id) =>
        queueDeliveries(tx, event, { event: id, origin }),
      )
      secrets = await createSecrets({ database, key: randomBytes(32), now: () => clock })
      projectId = newId('prj')
      await database.write(async (tx) => {
        userId = (await createUser(tx, { ...applicant('ana'), role: 'owner', createdBy: null, at: 1 })).id
        const project = { id: projectId, name: 'pay', description: '', isDemo: 0 as const }
        await tx
          .insertInto('project')
          .values({ ...project, createdAt: 1, createdBy: userId })
          .execute()
      })
    })
    after(async () => {
      for (const each of senders) await each.close()
      await database.close()
    })
    beforeEach(async () => {
      clock += 400 * dayMs
      await database.write((tx) => tx.deleteFrom('webhook').execute())
      told = []
      errors = []
    })

    const sender = (more: { outbound?: Outbound; attemptMs?: number } = {}): DeliverySender => {
      const made = createDeliverySender({
        database,
        outbound: house,
        secrets,
        version: '1.2.3',
        now: () => clock,
        tell: async (_tx, off) => void told.push(off),
        onError: (error) => errors.push(error),
        ...more,
      })
      senders.push(made)
      return made
    }

    let repositories = 0
    async function repository(): Promise<Id<'rep'>> {
      const id = newId('rep')
      const name = `api-${(repositories += 1)}`
      await database.write((tx) =>
        tx
          .insertInto('repository')
          .values({
            id,
            projectId,
            name,
            description: '',
            visibility: 'private',
            defaultBranch: 'main',
            folder: id,
            nextNumber: 1,
            pushedAt: null,
            createdAt: 1,
            createdBy: userId,
          })
          .execute(),
      )
      return id
    }

    async function webhook(url: string, { of, events = ['*'] }: { of?: Id<'rep'>; events?: string[] } = {}) {
      const id = newId('whk')
      const { secret, box } = makeSecret(secrets, id)
      const repositoryId = of ?? (await repository())
      const row = webhookRow({ id, repositoryId, url, createdBy: userId, events: JSON.stringify(events), secret: box })
      await database.write((tx) => tx.insertInto('webhook').values(row).execute())
      return { id, secret, repositoryId }
    }

    const happen = (
      repositoryId: Id<'rep'>,
      action: Action = 'repository.changed',
      facts: Record<string, string> = {},
    ) =>
      database.write((tx) =>
        recordEvent(tx, {
          action,
          actor: { id: userId, method: 'session', strength: null },
          repositoryId,
          facts,
          at: clock,
          target: { kind: 'repository', id: repositoryId },
          personal: { address: '192.0.2.1' },
        }),
      )
    const deliveriesOf = (id: Id<'whk'>) =>
      database.read.selectFrom('webhookDelivery').selectAll().where('webhookId', '=', id).orderBy('id').execute()
    const readWebhook = (id: Id<'whk'>) =>
      database.read.selectFrom('webhook').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    const only = async (id: Id<'whk'>) => {
      const rows = await deliveriesOf(id)
      assert.equal(rows.length, 1)
      return rows[0] as NonNullable<(typeof rows)[number]>
    }
    const failing = (receiver: Receiver, status: number, headers: Record<string, string> = {}): void =>
      receiver.answer((response) => response.writeHead(status, headers).end())

    test('an event reaches its receiver once, signed, without what the ledger keeps apart', async () => {
      await using receiver = await startReceiver()
      const { id, secret, repositoryId } = await webhook(receiver.url)
      const event = await happen(repositoryId, 'ref.updated', { ref: 'refs/heads/main', note: 'a\u202eb' })
      await sender().drain()
      await sender().drain()
      assert.equal(receiver.received.length, 1)
      const [got] = receiver.received
      assert.ok(got !== undefined && (await isSigned(got, secret)))
      assert.equal(await isSigned({ ...got, body: `${got.body} ` }, secret), false)
      assert.equal(got.headers['webhook-id'], (await only(id)).id)
      assert.equal(got.headers['webhook-timestamp'], String(clock / 1000))
      assert.equal(got.headers['content-type'], 'application/json')
      assert.equal(got.headers['user-agent'], 'Postern/1.2.3')
      const { name } = await database.read
        .selectFrom('repository')
        .select('name')
        .where('id', '=', repositoryId)
        .executeTakeFirstOrThrow()
      assert.deepEqual(JSON.parse(got.body), {
        type: 'ref.updated',
        timestamp: new Date(clock).toISOString(),
        data: {
          event,
          repository: { id: repositoryId, path: `pay/${name}`, url: `${origin}/pay/${name}` },
          actor: { id: userId, username: 'ana', kind: 'person' },
          outcome: 'done',
          target: { kind: 'repository', id: repositoryId },
          sentence: 'ana moved main of … to …',
          facts: { ref: 'refs/heads/main', note: 'a\\u{202e}b' },
        },
      })
      assert.ok(!got.body.includes('192.0.2.1'))
      assert.equal((await only(id)).state, 'delivered')
      assert.deepEqual(errors, [])
    })

    test('only what was chosen, of this repository, and of what really happened', async () => {
      await using receiver = await startReceiver()
      const { id, repositoryId } = await webhook(receiver.url, { events: ['ref.created'] })
      await happen(repositoryId, 'ref.created')
      await happen(repositoryId, 'ref.deleted')
      await happen(await repository(), 'ref.created')
      const undone = database.write(async (tx) => {
        const target = { kind: 'repository', id: repositoryId }
        await recordEvent(tx, { action: 'ref.created', actor: null, repositoryId, target, at: clock })
        throw new Error('undone')
      })
      await assert.rejects(undone, /undone/)
      await sender().drain()
      assert.deepEqual(
        (await deliveriesOf(id)).map(({ type, state }) => [type, state]),
        [['ref.created', 'delivered']],
      )
    })

    test('what fails for a day is tried with growing pauses, under one id, signed anew, and ends after three', async () => {
      await using receiver = await startReceiver()
      failing(receiver, 500)
      const { id, secret, repositoryId } = await webhook(receiver.url)
      await happen(repositoryId)
      const began = clock
      const sending = sender()
      const at: number[] = []
      for (let step = 0; step < 40 && (await only(id)).state === 'waiting'; step += 1) {
        const before = receiver.received.length
        await sending.drain()
        assert.equal(receiver.received.length, before + 1)
        at.push((clock - began) / 1000)
        const { notBefore } = await only(id)
        clock = notBefore - 1
        await sending.drain()
        assert.equal(receiver.received.length, before + 1, 'not a moment too early')
        clock = notBefore
      }
      assert.deepEqual(at.slice(0, 7), [0, 10, 70, 370, 2_170, 9_370, 27_370])
      assert.ok(at.slice(8).every((seconds, index) => seconds - (at[index + 7] ?? 0) === 43_200))
      assert.ok((at.at(-1) ?? 0) <= 3 * 86_400 && (at.at(-1) ?? 0) > 2 * 86_400)
      const row = await only(id)
      assert.equal(row.state, 'failed')
      assert.equal(row.lastError, 'It answered 500.')
      assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 1)
      assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-signature'])).size, at.length)
      for (const got of receiver.received) assert.ok(await isSigned(got, secret))
      const view = await viewDelivery(database.read, id, row.id)
      assert.equal(view.history.length, at.length)
    })

    test('a receiver that is well again is told all that waited', async () => {
      await using receiver = await startReceiver()
      const open: ServerResponse[] = []
      receiver.answer((response) => {
        open.push(response)
        if (receiver.received.length >= 4) for (const each of open.splice(0)) each.writeHead(503).end()
      })
      const { id, repositoryId } = await webhook(receiver.url)
      for (let index = 0; index < 10; index += 1) await happen(repositoryId)
      const sending = sender()
      await sending.drain()
      assert.equal(receiver.received.length, 4, 'the first ones at once, and no other while it rests')
      clock += 10 * secondMs
      await sending.drain()
      assert.equal(receiver.received.length, 5, 'one at a time asks whether it is well')
      receiver.answer((response) => response.writeHead(200).end('ok'))
      clock += hourMs
      await sending.drain()
      assert.deepEqual(new Set((await deliveriesOf(id)).map(({ state }) => state)), new Set(['delivered']))
      const row = await readWebhook(id)
      assert.deepEqual([row.failures, row.failingSince, row.pausedUntil, row.lastError], [0, null, null, null])
    })

    test('Retry-After is heard, for this delivery and for the others', async () => {
      await using receiver = await startReceiver()
      failing(receiver, 429, { 'retry-after': '3600' })
      const { repositoryId } = await webhook(receiver.url)
      await happen(repositoryId)
      const sending = sender()
      await sending.drain()
      receiver.answer((response) => response.writeHead(204).end())
      await happen(repositoryId)
      clock += hourMs - 1
      await sending.drain()
      assert.equal(receiver.received.length, 1)
      clock += 1
      await sending.drain()
      assert.equal(receiver.received.length, 3)
    })

    test('webhooks that hang hold up nobody else, and get four places of sixteen', async () => {
      await using hanging = await startReceiver()
      hanging.answer(() => {})
      await using well = await startReceiver()
      const slow = await webhook(hanging.url)
      const quick = await webhook(well.url)
      for (let index = 0; index < 20; index += 1) await happen(slow.repositoryId)
      for (let index = 0; index < 6; index += 1) await happen(quick.repositoryId)
      const sending = sender({ attemptMs: 1_500 })
      const drained = sending.drain()
      for (let index = 0; index < 6; index += 1) await well.next()
      await drained
      assert.equal(hanging.mostOpen, 4)
      assert.ok(well.mostOpen <= 4)
      const [first] = await deliveriesOf(slow.id)
      assert.match(first?.lastError ?? '', /gave no whole answer within 1\.5 seconds/)
    })

    test('sixteen at once are the most', async () => {
      await using slow = await startReceiver()
      const waiting: ServerResponse[] = []
      slow.answer((response) => void waiting.push(response))
      for (let index = 0; index < 6; index += 1) {
        const { repositoryId } = await webhook(slow.url)
        for (let event = 0; event < 4; event += 1) await happen(repositoryId)
      }
      const drained = sender().drain()
      for (let come = 0; come < 16; come += 1) await slow.next()
      // A seventeenth would come meanwhile.
      for (let turn = 0; turn < 50; turn += 1) {
        await database.read.selectFrom('webhook').select('id').execute()
        await new Promise(setImmediate)
      }
      assert.equal(slow.mostOpen, 16)
      slow.answer((response) => response.writeHead(204).end())
      for (const response of waiting) response.writeHead(204).end()
      await drained
      assert.equal(slow.received.length, 24)
    })

    test('two nodes send a delivery once', async () => {
      await using receiver = await startReceiver()
      const { repositoryId } = await webhook(receiver.url)
      for (let index = 0; index < 12; index += 1) await happen(repositoryId)
      await Promise.all([sender().drain(), sender().drain(), sender().drain()])
      assert.equal(receiver.received.length, 12)
      assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 12)
    })

    test('a node that falls over with a delivery leaves it to the next attempt', async () => {
      await using receiver = await startReceiver()
      receiver.answer(() => {})
      const { id, repositoryId } = await webhook(receiver.url)
      await happen(repositoryId)
      const first = sender()
      const drained = first.drain()
      await receiver.next()
      await first.close()
      await drained
      const row = await only(id)
      assert.deepEqual([row.state, row.attempts, row.notBefore], ['waiting', 0, clock], 'given back')
      receiver.answer((response) => response.writeHead(204).end())
      await sender().drain()
      assert.equal((await only(id)).state, 'delivered')
    })

    test('a redirect into the house is not followed; its goal is shown', async () => {
      await using inside = await startReceiver()
      await using receiver = await startReceiver()
      failing(receiver, 302, { location: inside.url })
      const { id, repositoryId } = await webhook(receiver.url)
      await happen(repositoryId)
      await sender().drain()
      assert.equal(inside.received.length, 0)
      const row = await only(id)
      assert.equal(row.lastStatus, 302)
      assert.equal(
        row.lastError,
        `It answered 302 and points to ${inside.url}. Nobody is led on: set that address if it is right.`,
      )
    })

    test('a name that leads inside by the time it is sent is refused then', async () => {
      await using receiver = await startReceiver()
      const { id, repositoryId } = await webhook(`http://rebinding.example:${receiver.port}/`)
      await happen(repositoryId)
      const resolve = async () => [{ address: '127.0.0.1' }]
      await sender({ outbound: createOutbound({ allow: [], resolve }) }).drain()
      assert.equal(receiver.received.length, 0)
      assert.match((await only(id)).lastError ?? '', /^rebinding\.example leads to a private address\./)
    })

    test('of an answer of 10 MB the first 16 KB are kept', async () => {
      await using receiver = await startReceiver()
      receiver.answer((response) => {
        response.writeHead(200, { 'content-type': 'text/plain', 'x-hidden': 'ok' })
        response.end(Buffer.alloc(10 * 1024 ** 2, 'a\0'))
      })
      const { id, repositoryId } = await webhook(receiver.url)
      await happen(repositoryId)
      await sender().drain()
      const view = await viewDelivery(database.read, id, (await only(id)).id)
      const [attempt] = view.history
      assert.equal(view.state, 'delivered')
      assert.deepEqual([attempt?.responseBody.length, attempt?.isCut, attempt?.status], [16 * 1024, true, 200])
      assert.ok(attempt?.responseHeaders.some(({ name, value }) => name === 'x-hidden' && value === 'ok'))
      assert.equal(attempt?.url, receiver.url)
    })

    test('a dripping answer ends at the deadline, and what had come is kept', async () => {
      await using receiver = await startReceiver()
      receiver.answer((response) => {
        response.writeHead(200)
        const timer = setInterval(() => response.write('drip '), 20)
        response.on('close', () => clearInterval(timer))
      })
      const { id, repositoryId } = await webhook(receiver.url)
      await happen(repositoryId)
      await sender({ attemptMs: 1_500 }).drain()
      const row = await only(id)
      assert.equal(row.state, 'waiting')
      const [attempt] = (await viewDelivery(database.read, id, row.id)).history
      assert.match(attempt?.error ?? '', /gave no whole answer/)
      assert.match(attempt?.responseBody ?? '', /^drip /)
    })

    test('after five days of nothing but failures it is switched off, recorded and told', async () => {
      await using receiver = await startReceiver()
      failing(receiver, 500)
      const { id, repositoryId } = await webhook(receiver.url)
      const sending = sender()
      for (let hours = 0; hours <= 5 * 24; hours += 12) {
        assert.equal((await readWebhook(id)).isActive, 1, `after ${hours} hours`)
        await happen(repositoryId)
        await sending.drain()
        clock += 12 * hourMs
      }
      const row = await readWebhook(id)
      assert.equal(row.isActive, 0)
      assert.match(row.offReason ?? '', /5 days/)
      assert.equal(told.length, 1)
      assert.deepEqual([told[0]?.toUserId, told[0]?.host], [userId, `127.0.0.1:${receiver.port}`])
      const events = await database.read
        .selectFrom('auditEvent')
        .select('leaf')
        .where('action', '=', 'webhook.switched-off')
        .where('repositoryId', '=', repositoryId)
        .execute()
      assert.equal(events.length, 1)
      const before = receiver.received.length
      await happen(repositoryId)
      clock += dayMs
      await sending.drain()
      assert.equal(receiver.received.length, before, 'nothing is sent any more')
      assert.deepEqual(new Set((await deliveriesOf(id)).map(({ state }) => state)), new Set(['failed']))
    })

    test('one success in between keeps it on; 410 switches it off at once', async () => {
      await using receiver = await startReceiver()
      const { id, repositoryId } = await webhook(receiver.url)
      const sending = sender()
      for (let day = 0; day < 8; day += 1) {
        failing(receiver, day === 4 ? 204 : 404)
        await happen(repositoryId)
        await sending.drain()
        clock += dayMs
      }
      assert.equal((await readWebhook(id)).isActive, 1)
      // What the former address still says is nothing about the one it was given meanwhile.
      receiver.answer(async (response, { path }) => {
        const moved = { url: `${receiver.url}moved`, failures: 0 }
        await database.write((tx) => tx.updateTable('webhook').set(moved).where('id', '=', id).execute())
        response.writeHead(path === '/moved' ? 204 : 410).end()
      })
      await happen(repositoryId)
      await sending.drain()
      const { isActive, failures, offReason } = await readWebhook(id)
      assert.deepEqual([isActive, failures, offReason], [1, 0, null])
      failing(receiver, 410)
      await happen(repositoryId)
      await sending.drain()
      assert.match((await readWebhook(id)).offReason ?? '', /410/)
    })

    test('sent again by hand: the same id and body, one more attempt', async () => {
      await using receiver = await startReceiver()
      failing(receiver, 404)
      const { id, repositoryId } = await webhook(receiver.url)
      await happen(repositoryId)
      const sending = sender()
      await sending.drain()
      clock += 4 * dayMs
      await sending.drain()
      const row = await only(id)
      assert.equal(row.state, 'failed')
      await replayDelivery(database, await readWebhook(id), row.id, clock)
      await sending.drain()
      assert.equal((await only(id)).state, 'failed', 'one attempt, no new row of retries')
      receiver.answer((response) => response.writeHead(204).end())
      await replayDelivery(database, await readWebhook(id), row.id, clock)
      await sending.drain()
      assert.equal((await only(id)).state, 'delivered')
      const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
      assert.deepEqual(new Set(ids), new Set([row.id]))
      assert.equal(new Set(receiver.received.map(({ body }) => body)).size, 1)
      assert.deepEqual(
        (await viewDelivery(database.read, id, row.id)).history.map(({ number }) => number),
        [4, 3, 2, 1],
      )
    })

    test('the former secret signs beside the new one for its day', async () => {
      await using receiver = await startReceiver()
      const { id, secret, repositoryId } = await webhook(receiver.url)
      const fresh = makeSecret(secrets, id)
      const row = await readWebhook(id)
      await database.write((tx) =>
        tx
          .updateTable('webhook')
          .set({ secret: fresh.box, formerSecret: row.secret, formerSecretUntil: clock + dayMs })
          .where('id', '=', id)
          .execute(),
      )
      await happen(repositoryId)
      await sender().drain()
      clock += dayMs
      await happen(repositoryId)
      await sender().drain()
      const [first, second] = receiver.received
      assert.ok(first !== undefined && second !== undefined)
      assert.deepEqual([await isSigned(first, secret), await isSigned(first, fresh.secret)], [true, true])
      assert.deepEqual([await isSigned(second, secret), await isSigned(second, fresh.secret)], [false, true])
    })

    test('a secret that opens no more sends nothing, says so, and is not told to the log', async () => {
      await using receiver = await startReceiver()
      const { id, secret, repositoryId } = await webhook(receiver.url)
      const box = secrets.seal(secret, 'something else')
      await database.write((tx) => tx.updateTable('webhook').set({ secret: box }).where('id', '=', id).execute())
      await happen(repositoryId)
      await sender().drain()
      assert.equal(receiver.received.length, 0)
      const row = await only(id)
      assert.deepEqual([row.state, row.attempts, row.lastError], ['waiting', 1, 'It could not be sent.'])
      assert.equal(errors.length, 1)
      assert.ok(!inspect(errors, { depth: null }).includes(secret))
    })

    test('old deliveries are forgotten, all but the newest thousand; what waits stays', async () => {
      const { id } = await webhook('http://127.0.0.1:1/')
      const row = (createdAt: number, state: 'waiting' | 'failed') => deliveryRow({ webhookId: id, createdAt, state })
      const old = clock - 31 * dayMs
      await database.write((tx) =>
        tx
          .insertInto('webhookDelivery')
          .values([row(old, 'failed'), row(old, 'waiting'), row(clock - 29 * dayMs, 'failed')])
          .execute(),
      )
      await cleanUp(database, clock)
      assert.deepEqual(
        (await deliveriesOf(id)).map(({ createdAt }) => createdAt).sort((a, b) => a - b),
        [old, clock - 29 * dayMs],
      )
      for (let batch = 0; batch < 11; batch += 1)
        await database.write((tx) =>
          tx
            .insertInto('webhookDelivery')
            .values(Array.from({ length: 100 }, (_, index) => row(clock + batch * 100 + index, 'failed')))
            .execute(),
        )
      await cleanUp(database, clock)
      const left = await deliveriesOf(id)
      assert.equal(left.filter(({ state }) => state === 'failed').length, 1_000)
      assert.equal(left.filter(({ state }) => state === 'waiting').length, 1)
    })

    test('that the repository is gone is the last thing told, and then the webhook goes too', async () => {
      await using receiver = await startReceiver()
      const { id, repositoryId } = await webhook(receiver.url)
      await database.write(async (tx) => {
        await tx.deleteFrom('repository').where('id', '=', repositoryId).execute()
        const target = { kind: 'repository', id: repositoryId }
        const facts = { repository: 'pay/gone' }
        await recordEvent(tx, { action: 'repository.deleted', actor: null, repositoryId, target, facts, at: clock })
      })
      await cleanUp(database, clock)
      await sender().drain()
      const [got] = receiver.received
      assert.equal(
        (JSON.parse(got?.body ?? '{}') as { data: { repository: { path: string } } }).data.repository.path,
        'pay/gone',
      )
      await cleanUp(database, clock)
      assert.equal((await deliveriesOf(id)).length, 0)
      assert.equal(
        await database.read.selectFrom('webhook').select('id').where('id', '=', id).executeTakeFirst(),
        undefined,
      )
    })
  })
