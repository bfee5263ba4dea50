import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Person } from '../src/walk/person.ts'
import { type MailServer, startMailServer } from './support/mail-server.ts'
import { startPushService } from './support/push-service.ts'
import { cancelWith, comeBack, letBackIn, makeCodes, useCode } from './support/recovery.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

interface Home {
  attention: { kind: string; text: string; href: string }[]
}

for (const store of eitherStore)
  describe(`who hears of it when somebody gets back in, on ${store.name}`, () => {
    let mail: MailServer
    let service: Awaited<ReturnType<typeof startPushService>>
    let postern: StartedPostern
    let olga: Person
    let eve: Person
    let codes: string[]
    before(async () => {
      mail = await startMailServer()
      service = await startPushService()
      const flags = ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'Postern <postern@example.com>']
      postern = await startPostern({
        flags: [...(await store.flags()), ...flags, '--outbound-allow', '127.0.0.1/32'],
      })
      olga = await postern.owner('olga')
      await postern.join(olga, 'adam', 'admin')
      eve = await postern.join(olga, 'eve')
      codes = await makeCodes(eve)
      await eve.call('POST', '/me/push-subscriptions', service.subscription('phone'))
    })
    after(async () => {
      await postern[Symbol.asyncDispose]()
      await service[Symbol.asyncDispose]()
      await mail[Symbol.asyncDispose]()
    })

    async function letterTo(username: string, subject: RegExp): Promise<string> {
      for (;;) {
        const letter = await mail.next()
        if (letter.to[0] === `${username}@example.com` && subject.test(letter.headers.get('subject') ?? ''))
          return letter.text
      }
    }
    /** To each administrator one, in whatever order they go. */
    async function lettersToBoth(subject: RegExp): Promise<string[]> {
      const told = new Map<string, string>()
      while (told.size < 2) {
        const { to, headers, text } = await mail.next()
        if (subject.test(headers.get('subject') ?? '')) told.set(to[0] ?? '', text)
      }
      assert.deepEqual([...told.keys()].sort(), ['adam@example.com', 'olga@example.com'])
      return [...told.values()]
    }
    const attentionOf = async (person: Person): Promise<string> =>
      (await person.call<Home>('GET', '/home')).attention.map(({ text, href }) => `${text} ${href}`).join('\n')

    test('the person hears of codes, of a beginning, of the new passkey, by letter and in every browser', async () => {
      assert.match(await letterTo('eve', /^Recovery codes were made/), /make new ones at http.*\/-\/account\/recovery/s)
      const begun = await useCode(postern.stranger(), 'eve', codes[0] ?? '')
      const { title, body, path } = service.open(await service.next())
      assert.deepEqual(
        [title, body, path],
        ['Postern', 'Somebody is getting back into your account. Was it you?', '/-/not-me'],
      )
      const letter = await letterTo('eve', /^Somebody is getting back into your account/)
      assert.match(letter, /One of your recovery codes was used from 127\.0\.0\.1/)
      assert.match(letter, /open http:\/\/localhost:\d+\/-\/not-me and tap any passkey you had/)
      assert.ok(!letter.includes('#'), 'and no link that lets anybody in')
      await comeBack(begun, 'eve')
      assert.match(await letterTo('eve', /^A new passkey was registered to get back/), /“the new one”/)
    })

    test('administrators see it on Home, and hear when it is cancelled', async () => {
      assert.match(await attentionOf(olga), /Eve Example has got back in .* \/-\/recoveries/)
      await cancelWith(eve)
      for (const text of await lettersToBoth(/^The recovery of an account was cancelled/))
        assert.match(text, /Eve Example was cancelled .* by a tap on “My first passkey”/)
      assert.doesNotMatch(await attentionOf(olga), /recoveries/)
    })

    test('a second person is named in the letter, and every browser hears of it just so', async () => {
      await eve.signIn()
      await letBackIn(olga, 'eve')
      assert.equal(service.open(await service.next()).body, 'Somebody is getting back into your account. Was it you?')
      const letter = await letterTo('eve', /^Somebody is getting back/)
      assert.match(letter, /Olga Example lets somebody back in as you/)
      assert.match(await attentionOf(olga), /Eve Example is getting back in/)
    })

    test('a break-glass code made, and used, is told to everybody who administers', async () => {
      const { code } = await olga.act<{ code: string }>('POST', '/break-glass', { username: 'olga' })
      for (const text of await lettersToBoth(/^A break-glass code was made/))
        assert.match(text, /Olga Example made a break-glass code/)
      await postern.stranger().call('POST', '/break-glass/use', { code })
      for (const text of await lettersToBoth(/^The break-glass code was used/))
        assert.match(text, /Find out by whom, now/)
      assert.match(await attentionOf(olga), /The break-glass code of Olga Example was used/)
    })
  })
