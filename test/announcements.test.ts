import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AnnouncementReport, AnnouncementView } from '../src/announcements/shapes.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { Person } from '../src/walk/person.ts'
import { applicant } from './support/ceremony.ts'
import { until } from './support/git-remote.ts'
import { type MailServer, type ReceivedLetter, startMailServer } from './support/mail-server.ts'
import { refused } from './support/refusal.ts'
import { startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const dayMs = 86_400_000

/** The next letter to this person about how they sign in. */
async function newsTo(server: MailServer, username: string): Promise<ReceivedLetter> {
  for (;;) {
    const letter = await server.next()
    const isNews = letter.headers.get('subject')?.startsWith('News about how you sign in')
    if (isNews && letter.to[0] === `${username}@example.com`) return letter
  }
}

for (const store of eitherStore)
  describe(`announcements, on ${store.name}`, () => {
    test('a group is told by letter and on Home, and the report says who was reached, who did it, who is stuck', async () => {
      await using mail = await startMailServer()
      let ahead = 0
      await using postern = await startPostern({
        flags: [
          ...(await store.flags()),
          '--smtp-url',
          `smtp://127.0.0.1:${mail.port}`,
          '--mail-from',
          'Postern <postern@example.com>',
        ],
        now: () => Date.now() + ahead,
      })
      const ana = await postern.owner()
      const ben = await postern.join(ana, 'ben')
      const carl = await postern.join(ana, 'carl')
      const sue = new Person(postern.origin, new SoftwareAuthenticator({ backupEligible: true, backupState: true }))
      const { link } = await ana.act<{ link: string }>('POST', '/people', { ...applicant('sue'), role: 'member' })
      await sue.register(link, applicant('sue'))
      await ana.act('POST', '/groups', { name: 'finance', description: '' })
      for (const name of ['ben', 'sue']) await ana.act('PUT', `/groups/finance/members/${name}`, {})

      const news = {
        title: 'Keys that cannot be copied',
        body: 'From May on finance signs in with a hardware key. It takes two taps. See evil.example',
        asksFor: 'device-bound',
        dueAt: Date.now() + 10 * dayMs,
      }
      await refused(ben.call('POST', '/groups/finance/announcements', news), 403, 'not-allowed')
      await refused(ana.call('POST', '/groups/nobody/announcements', news), 404, 'not-found')
      await refused(ana.call('POST', '/groups/finance/announcements', { ...news, dueAt: 1 }), 422, 'invalid-input')
      const { id } = await ana.call<AnnouncementView>('POST', '/groups/finance/announcements', news)

      const letter = await newsTo(mail, 'sue')
      assert.match(letter.text, /Ana Example tells everybody in finance: “Keys that cannot be copied”/)
      assert.match(letter.text, /evil\[\.\]example/)
      assert.match(letter.text, /Please add a (device-bound )?key.* by \d{4}-/)
      const told = async (person: Person): Promise<[string, boolean][]> =>
        (await person.call<{ items: AnnouncementView[] }>('GET', '/me/announcements')).items.map((one) => [
          one.title,
          one.isDone,
        ])
      assert.deepEqual(await told(carl), [])
      assert.deepEqual(await told(sue), [[news.title, false]])
      const states = async (): Promise<Record<string, string>> => {
        const { readers } = await ana.call<AnnouncementReport>('GET', `/announcements/${id}`)
        return Object.fromEntries(readers.map(({ person, state }) => [person.username, state]))
      }
      // Who was vouched for has a key of that kind; by a link alone it counts for less.
      assert.deepEqual(await until(states, ({ ben, sue }) => ben !== 'waiting' && sue !== 'waiting'), {
        ben: 'told',
        sue: 'told',
      })
      const people = await ana.call<{ items: { username: string; unendorsed: { id: string }[] }[] }>('GET', '/people')
      const bens = people.items.find(({ username }) => username === 'ben')?.unendorsed[0]?.id
      await ana.act('POST', `/people/ben/credentials/${bens}/endorse`, {})
      assert.deepEqual(await states(), { ben: 'done', sue: 'told' })
      assert.deepEqual(await told(ben), [[news.title, true]])

      await sue.call('POST', `/me/announcements/${id}/seen`, { putAway: true })
      assert.deepEqual(await told(sue), [])
      // Who joins later is told too.
      await ana.act('PUT', '/groups/finance/members/carl', {})
      await newsTo(mail, 'carl')
      assert.deepEqual((await told(carl)).length, 1)
      ahead = 11 * dayMs
      await ana.signIn()
      assert.deepEqual(await states(), { ben: 'done', carl: 'stuck', sue: 'stuck' })
      await ana.call('POST', `/announcements/${id}/take-down`, {})
      await carl.signIn()
      assert.deepEqual(await told(carl), [])
    })

    test('without mail, whoever has not seen it is stuck', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const ana = await postern.owner()
      const ben = await postern.join(ana, 'ben')
      await ana.act('POST', '/groups', { name: 'finance', description: '' })
      await ana.act('PUT', '/groups/finance/members/ben', {})
      const news = { title: 'The wiki moves', body: '', asksFor: null, dueAt: null }
      const { id } = await ana.call<AnnouncementView>('POST', '/groups/finance/announcements', news)
      const stateOf = async () => (await ana.call<AnnouncementReport>('GET', `/announcements/${id}`)).readers[0]?.state
      assert.equal(await stateOf(), 'stuck')
      await ben.call('POST', `/me/announcements/${id}/seen`, { putAway: false })
      assert.equal(await stateOf(), 'done')
    })
  })
