import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '../src/database/id.ts'
import { switchOffUnkept as switchOffMirrors } from '../src/mirrors/keep-mirror.ts'
import type { MirrorView } from '../src/mirrors/shapes.ts'
import { switchOffUnkept as switchOffWebhooks } from '../src/webhooks/keep-webhook.ts'
import type { WebhookView } from '../src/webhooks/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { insertHoldings } from './support/holding-rows.ts'
import { startMailServer, type MailServer } from './support/mail-server.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const dayMs = 24 * 3_600_000
const fortnightMs = 14 * dayMs

interface Home {
  attention: { kind: string; text: string; href: string }[]
}

for (const store of eitherStore)
  describe(`what somebody looked after when they left, on ${store.name}`, () => {
    let server: MailServer
    let postern: StartedPostern
    let ana: Person
    let held: Repository
    before(async () => {
      server = await startMailServer()
      const mail = ['--smtp-url', `smtp://127.0.0.1:${server.port}`, '--mail-from', 'Postern <postern@example.com>']
      postern = await startPostern({ flags: [...(await store.flags()), ...mail] })
      ana = await postern.owner()
      held = await makeHeld(postern, ana, 'pay/api')
      await told('A')
      const ben = await postern.join(ana, 'ben')
      await told('A')
      const { database, now } = postern.postern.ceremonies
      const { id } = await ben.call<{ id: 'usr_' }>('GET', '/me')
      const imported = await ana.call<{ id: 'rep_' }>('POST', '/projects/pay/repositories', {
        name: 'other',
        description: '',
      })
      const to = { repositoryId: held.id, importedId: imported.id, linkId: newId('lnk'), at: now() }
      await insertHoldings(database, { id, username: 'ben', ...to })
      await ana.act('POST', '/people/ben/end', { reason: '' })
    })
    after(async () => {
      await postern[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    })
    /** The next letter whose subject begins so. */
    async function told(subject: string): Promise<{ to: string[]; text: string }> {
      for (;;) {
        const letter = await server.next()
        if (letter.headers.get('subject')?.startsWith(subject)) return letter
      }
    }
    const webhook = async (): Promise<WebhookView> =>
      (await ana.call<{ items: WebhookView[] }>('GET', `${held.path}/webhooks`)).items[0] ?? assert.fail()
    const mirror = async (): Promise<MirrorView> =>
      (await ana.call<{ items: MirrorView[] }>('GET', `${held.path}/mirrors`)).items[0] ?? assert.fail()

    test('goes on, and the administrators of the repository hear of it, by letter and at home', async () => {
      for (const view of [await webhook(), await mirror()]) {
        assert.deepEqual([view.isActive, view.steward?.username], [true, 'ben'])
        assert.ok(Math.abs((view.keepBy ?? 0) - Date.now() - fortnightMs) < 60_000)
      }
      const letters = [await told('Somebody must keep a'), await told('Somebody must keep a')]
      assert.ok(letters.every(({ to, text }) => to[0] === 'ana@example.com' && text.includes('Ben Example')))
      const { attention } = await ana.call<Home>('GET', '/home')
      assert.deepEqual(
        attention.filter(({ kind }) => kind.startsWith('left-')).map(({ href }) => href.replace(/whk_.*/, '')),
        [
          '/pay/api/settings/webhooks/',
          '/pay/api/settings/mirrors',
          '/pay/api/settings/pipelines',
          '/pay/api/settings/deploy-keys',
        ],
      )
    })

    test('is kept with one tap, and whoever keeps it looks after it', async () => {
      const path = `${held.path}/webhooks/${(await webhook()).id}/keep`
      await refused(ana.call('POST', path, {}), 401, 'seal-required')
      const kept = await ana.act<WebhookView>('POST', path, {})
      assert.deepEqual([kept.keepBy, kept.steward?.username, kept.createdBy?.username], [null, 'ana', 'ben'])
      await refused(ana.act('POST', path, {}), 409, 'not-left-behind')
    })

    test('is switched off when nobody kept it in time, and that is told', async () => {
      const { database, now } = postern.postern.ceremonies
      const nobody = () => Promise.resolve()
      await switchOffMirrors(database, now() + fortnightMs / 2)
      assert.equal((await mirror()).isActive, true)
      const at = now() + fortnightMs + 1_000
      await switchOffMirrors(database, at)
      await switchOffMirrors(database, at)
      await switchOffWebhooks(database, { at, tell: nobody })
      assert.deepEqual([(await mirror()).isActive, (await mirror()).keepBy], [false, null])
      assert.equal((await webhook()).isActive, true, 'it was kept')
      assert.match((await told('A mirror of your repository was switched off')).text, /nobody kept it in time/)
      const again = await ana.act<MirrorView>('PATCH', `${held.path}/mirrors/${(await mirror()).id}`, {
        isActive: true,
      })
      assert.deepEqual([again.isActive, again.keepBy, again.steward?.username], [true, null, 'ana'])
      const events = await database.read
        .selectFrom('auditEvent')
        .select(['action', 'leaf'])
        .where('action', 'in', ['mirror.passed-on', 'webhook.passed-on', 'webhook.kept', 'mirror.switched-off'])
        .execute()
      assert.deepEqual(
        events.filter(({ leaf }) => leaf.includes('Ben Example')),
        [],
        'names stand beside the ledger',
      )
      const { items } = await ana.call<{ items: { sentence: string }[] }>('GET', '/audit?action=mirror.switched-off')
      assert.match(items[0]?.sentence ?? '', /was switched off: Ben Example has left, and nobody kept it$/)
      assert.deepEqual(events.map(({ action }) => action).sort(), [
        'mirror.passed-on',
        'mirror.switched-off',
        'webhook.kept',
        'webhook.passed-on',
      ])
    })

    test('in as many days as an owner has set, from one to thirty', async () => {
      const set = (value: number) => ana.act('PUT', '/settings/keepDays', { value })
      await refused(set(31), 422, 'invalid-input')
      await set(3)
      const cy = await postern.join(ana, 'cy')
      const { database, now } = postern.postern.ceremonies
      const { id } = await cy.call<{ id: 'usr_' }>('GET', '/me')
      await database.write((tx) =>
        tx
          .updateTable('webhook')
          .set({ stewardId: id, adoptBy: null, isActive: 1 })
          .where('repositoryId', '=', held.id as 'rep_')
          .execute(),
      )
      await ana.act('POST', '/people/cy/end', { reason: '' })
      const { keepBy } = await webhook()
      assert.ok(Math.abs((keepBy ?? 0) - now() - 3 * dayMs) < 60_000, String(keepBy))
    })
  })
