import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeliverySummary, DeliveryView, WebhookList, WebhookMade, WebhookView } from '../src/webhooks/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { inFront } from './support/in-front.ts'
import { startMailServer } from './support/mail-server.ts'
import { makeProposing } from './support/proposed.ts'
import { isSigned, startReceiver } from './support/receiver.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const there = '/projects/pay/repositories/api'
const hooks = `${there}/webhooks`
const everything = ['*']

async function makeRepository(person: Person, name = 'api'): Promise<void> {
  await person.call('POST', '/projects', { name: 'pay', description: '' }).catch(() => undefined)
  await person.call('POST', '/projects/pay/repositories', { name, description: '' })
}

/** Waits for the attempt that the receiver has just seen to be noted. */
async function settled(person: Person, webhook: string, delivery: string, attempts = 1): Promise<DeliveryView> {
  for (;;) {
    const view = await person.call<DeliveryView>('GET', `${hooks}/${webhook}/deliveries/${delivery}`)
    if (view.history.length >= attempts) return view
  }
}

for (const { name, flags } of eitherStore)
  test(`a webhook from its making to its end, on ${name}`, async () => {
    await using receiver = await startReceiver()
    await using postern = await startPostern({ flags: [...(await flags()), '--outbound-allow', '127.0.0.0/8'] })
    const ana = await postern.owner()
    await makeRepository(ana)

    const made = await ana.act<WebhookMade>('POST', hooks, { url: `${receiver.url}in?key=1#x`, events: everything })
    assert.match(made.secret, /^whsec_/)
    assert.equal(made.webhook.url, `${receiver.url}in?key=1`)
    assert.deepEqual([made.webhook.isActive, made.webhook.last, made.webhook.waiting], [true, null, 0])
    const one = `${hooks}/${made.webhook.id}`

    await ana.call('POST', `${one}/ping`, {})
    const ping = await receiver.next()
    assert.equal(ping.path, '/in?key=1')
    assert.ok(await isSigned(ping, made.secret))
    assert.deepEqual((JSON.parse(ping.body) as { type: string }).type, 'ping')

    await ana.act('PATCH', there, { description: 'books' })
    const changed = await receiver.next()
    const body = JSON.parse(changed.body) as { type: string; data: { repository: unknown; actor: unknown } }
    assert.equal(body.type, 'repository.changed')
    assert.deepEqual(body.data.repository, {
      id: (await ana.call<{ id: string }>('GET', there)).id,
      path: 'pay/api',
      url: `${postern.origin}/pay/api`,
    })
    const delivery = String(changed.headers['webhook-id'])
    const view = await settled(ana, made.webhook.id, delivery)
    assert.deepEqual([view.state, view.status, view.body], ['delivered', 204, changed.body])
    const sent = Object.fromEntries(view.history[0]?.requestHeaders.map((each) => [each.name, each.value]) ?? [])
    assert.equal(sent['webhook-signature'], changed.headers['webhook-signature'])

    await ana.call('POST', `${one}/deliveries/${delivery}/replay`, {})
    const again = await receiver.next()
    assert.deepEqual([again.headers['webhook-id'], again.body], [delivery, changed.body])
    assert.equal((await settled(ana, made.webhook.id, delivery, 2)).attempts, 2)

    const { items } = await ana.call<{ items: DeliverySummary[] }>('GET', `${one}/deliveries`)
    assert.deepEqual(
      items.map(({ type }) => type),
      ['repository.changed', 'ping'],
    )

    const fresh = await ana.act<WebhookMade>('POST', `${one}/secret`, {})
    assert.notEqual(fresh.secret, made.secret)
    const told = await receiver.next()
    assert.deepEqual([await isSigned(told, made.secret), await isSigned(told, fresh.secret)], [true, true])

    await ana.act('PATCH', one, { isActive: false })
    await refused(ana.call('POST', `${one}/ping`, {}), 409, 'webhook-off')
    await refused(ana.call('POST', `${one}/deliveries/${delivery}/replay`, {}), 409, 'webhook-off')
    const on = await ana.act<WebhookView>('PATCH', one, { isActive: true, events: ['ref.created', 'ref.updated'] })
    assert.deepEqual([on.isActive, on.events], [true, ['ref.updated', 'ref.created']])

    // Two at once: neither undoes what the other has decided, nor does anything with what is gone.
    const { database } = postern.postern.ceremonies
    const besides = <Result>(changed: { isActive: 0 } | { secret: string }, meanwhile: () => Promise<Result>) =>
      inFront({ database, write: (tx) => tx.updateTable('webhook').set(changed).execute() }, meanwhile)
    const late = await besides({ isActive: 0 }, () => ana.act<WebhookView>('PATCH', one, { events: everything }))
    assert.ok(late.status === 'fulfilled')
    assert.deepEqual([late.value.isActive, late.value.events], [false, everything])
    await besides({ secret: 'of the one before' }, () => ana.act('POST', `${one}/secret`, {}))
    const kept = await database.read.selectFrom('webhook').select('formerSecret').executeTakeFirstOrThrow()
    assert.equal(kept.formerSecret, 'of the one before')
    const other = await ana.act<WebhookMade>('POST', hooks, { url: receiver.url, events: ['ref.created'] })
    const gone = await inFront(
      {
        database,
        write: (tx) =>
          tx
            .deleteFrom('webhook')
            .where('id', '=', other.webhook.id as `whk_${string}`)
            .execute(),
      },
      () => ana.act('DELETE', `${hooks}/${other.webhook.id}`),
    )
    assert.equal(gone.status, 'rejected')
    await ana.act('DELETE', one)
    assert.deepEqual((await ana.call<WebhookList>('GET', hooks)).items, [])
    await refused(ana.call('GET', one), 404, 'not-found')
  })

test('a secret is shown when it is made, and nowhere else', async () => {
  await using receiver = await startReceiver()
  await using postern = await startPostern({ flags: ['--outbound-allow', '127.0.0.0/8'] })
  const ana = await postern.owner()
  await makeRepository(ana)
  const url = `${receiver.url}path-only-they-know`
  const made = await ana.act<WebhookMade>('POST', hooks, { url, events: everything })
  const fresh = await ana.act<WebhookMade>('POST', `${hooks}/${made.webhook.id}/secret`, {})
  await receiver.next()
  await ana.call('POST', `${hooks}/${made.webhook.id}/ping`, {})
  const id = String((await receiver.next()).headers['webhook-id'])
  await settled(ana, made.webhook.id, id)
  const { read } = postern.postern.ceremonies.database
  const pages = await Promise.all(
    [hooks, `${hooks}/${made.webhook.id}`, `${hooks}/${made.webhook.id}/deliveries`]
      .concat(`${hooks}/${made.webhook.id}/deliveries/${id}`, '/audit')
      .map((path) => ana.call('GET', path)),
  )
  const span = { from: 0, to: Date.now() + 1 }
  const { sealRequestId = '' } = await refused(ana.call('POST', '/audit/export', span), 401, 'seal-required')
  const headers = { 'postern-seal': await ana.tap(sealRequestId) }
  const exported = await (await ana.fetch('POST', '/audit/export', span, headers)).text()
  assert.match(exported, /webhook\.secret-changed/)
  const kept = JSON.stringify([pages, exported, await read.selectFrom('webhook').selectAll().execute()])
  for (const secret of [made.secret, fresh.secret]) {
    assert.ok(!kept.includes(secret))
    assert.ok(!kept.includes(secret.slice('whsec_'.length)))
  }
  const ledger = JSON.stringify(await read.selectFrom('auditEvent').selectAll().execute())
  assert.ok(!ledger.includes('path-only-they-know'), 'the ledger names the host alone')
  assert.ok(ledger.includes(`127.0.0.1:${receiver.port}`))
})

test('an address inside the house, or none at all, is refused before anybody taps', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  await makeRepository(ana)
  const create = (url: string, events: string[] = everything): Promise<unknown> =>
    ana.call('POST', hooks, { url, events })
  const inside = `http://127.0.0.1/ http://2130706433 http://[::ffff:127.0.0.1] http://0x7f.1 http://localhost:8000/
    http://169.254.169.254/latest/meta-data http://10.0.0.1 http://[::1]:8080 https://[fd00::1]/`
  for (const url of inside.split(/\s+/)) {
    const problem = await refused(create(url), 422, 'invalid-input')
    assert.match(problem.title, /leads to a private address\. .*POSTERN_OUTBOUND_ALLOW/, url)
  }
  for (const url of ['ftp://example.com', 'https://ana:secret@example.com', 'not an address', 'http://1.1.1.1:25'])
    await refused(create(url), 422, 'invalid-input')
  for (const events of [[], ['session.started'], ['nothing']])
    await refused(create('https://1.1.1.1', events), 422, 'invalid-input')
  const { webhook } = await ana.act<WebhookMade>('POST', hooks, { url: 'https://1.1.1.1', events: ['ref.deleted'] })
  const one = `${hooks}/${webhook.id}`
  await refused(ana.call('PATCH', one, { url: 'http://127.1/' }), 422, 'invalid-input')
  await refused(ana.call('PATCH', one, {}), 422, 'invalid-input')
  await refused(ana.call('PATCH', one, { secret: 'x' }), 422, 'invalid-input')
  assert.equal((await ana.call<WebhookView>('GET', one)).url, 'https://1.1.1.1/')
})

test('only administrators of the repository reach its webhooks, and each only its own', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  await makeRepository(ana)
  await makeRepository(ana, 'other')
  const { webhook } = await ana.act<WebhookMade>('POST', hooks, { url: 'https://1.1.1.1', events: ['ref.deleted'] })
  const token = await ana.makeToken('strong', ['repository:write'])
  const bearer = { authorization: `Bearer ${token}` }
  const bo = await postern.join(ana, 'bo')
  await ana.act('PUT', `${there}/members/user/bo`, { role: 'write' })
  const elsewhere = `/projects/pay/repositories/other/webhooks/${webhook.id}`
  for (const path of ['', '/ping', '/secret', '/deliveries', '/deliveries/dlv_x', '/deliveries/dlv_x/replay']) {
    const method = /ping|secret|replay/.test(path) ? 'POST' : 'GET'
    const body = method === 'POST' ? {} : undefined
    await refused(bo.call(method, `${hooks}/${webhook.id}${path}`, body), 403, 'not-allowed')
    await refused(ana.call(method, `${elsewhere}${path}`, body), 404, 'not-found')
  }
  await refused(bo.call('DELETE', `${hooks}/${webhook.id}`), 403, 'not-allowed')
  await refused(ana.call('DELETE', elsewhere), 404, 'not-found')
  await refused(bo.call('GET', hooks), 403, 'not-allowed')
  await refused(postern.stranger().call('GET', hooks, undefined, bearer), 403, 'not-allowed')
  await refused(postern.stranger().call('GET', hooks), 401, 'sign-in-required')
  assert.equal((await ana.call<WebhookList>('GET', hooks)).items.length, 1)
})

test('of a comment nothing is told while it is a draft, and never what it says', async () => {
  await using receiver = await startReceiver()
  await using postern = await startPostern({ flags: ['--outbound-allow', '127.0.0.1'] })
  const ana = await postern.owner()
  const { propose } = await makeProposing(postern, ana, 'pay/api')
  const pullRequest = `${there}/pull-requests/${await propose('change')}`
  await ana.act<WebhookMade>('POST', hooks, { url: receiver.url, events: everything })
  const { headOid } = await ana.call<{ headOid: string }>('GET', pullRequest)
  await ana.call('POST', `${pullRequest}/threads`, { body: 'half a thought', isDraft: true, headOid })
  await ana.call('POST', `${pullRequest}/threads`, { body: 'a whole thought', isDraft: false, headOid })
  const first = await receiver.next()
  assert.equal((JSON.parse(first.body) as { type: string }).type, 'comment.added')
  assert.ok(!first.body.includes('thought'))
  const deliveries = await postern.postern.ceremonies.database.read
    .selectFrom('webhookDelivery')
    .select('type')
    .execute()
  assert.deepEqual(
    deliveries.map(({ type }) => type),
    ['comment.added'],
  )
})

test('a repository has at most twenty webhooks', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  await makeRepository(ana)
  const body = { url: 'https://1.1.1.1', events: ['ref.deleted'] }
  for (let index = 0; index < 20; index += 1) await ana.act('POST', hooks, body)
  await refused(ana.act('POST', hooks, body), 409, 'too-many-webhooks')
})

test('what waits is sent after a restart, and who made it is written to when it has ended', async () => {
  await using mail = await startMailServer()
  await using receiver = await startReceiver()
  let ahead = 0
  const smtp = ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'postern@example.com']
  await using postern: StartedPostern = await startPostern({
    flags: [...smtp, '--outbound-allow', '127.0.0.1'],
    now: () => Date.now() + ahead,
  })
  const ana = await postern.owner()
  await makeRepository(ana)
  const { webhook } = await ana.act<WebhookMade>('POST', hooks, { url: receiver.url, events: ['repository.changed'] })
  receiver.answer((response) => response.writeHead(500).end())
  await ana.act('PATCH', there, { description: 'one' })
  const first = await receiver.next()
  await settled(ana, webhook.id, String(first.headers['webhook-id']))
  await postern.restart()
  receiver.answer((response) => response.writeHead(410).end())
  ahead += 10_000
  const second = await receiver.next()
  assert.equal(second.headers['webhook-id'], first.headers['webhook-id'])
  const letter = await mail.next()
  assert.equal(letter.headers.get('subject'), 'A webhook you made was switched off')
  assert.match(letter.text, /pay\/api.*127\.0\.0\.1.*410/s)
  const view = await ana.call<WebhookView>('GET', `${hooks}/${webhook.id}`)
  assert.equal(view.isActive, false)
  assert.match(view.offReason ?? '', /410/)
})
