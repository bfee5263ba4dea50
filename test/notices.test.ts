import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { makeOwnerLink } from '../src/identity/instance.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { Person } from '../src/walk/person.ts'
import { applicant, signInWith } from './support/ceremony.ts'
import { type MailServer, startMailServer } from './support/mail-server.ts'
import { setRules } from './support/guardrails.ts'
import { importMetadata, makeMaker } from './support/metadata.ts'
import { refused } from './support/refusal.ts'
import { freePort, type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const mailFlags = (port: number): string[] => [
  '--smtp-url',
  `smtp://127.0.0.1:${port}`,
  '--mail-from',
  'Postern <postern@example.com>',
]

interface MailView {
  isMailSetUp: boolean
  from: string | null
  waiting: number
  failed: number
  lastError: string | null
}

for (const store of eitherStore)
  describe(`what people are told of their account, on ${store.name}`, () => {
    let server: MailServer
    let postern: StartedPostern
    let ana: Person
    before(async () => {
      server = await startMailServer()
      postern = await startPostern({ flags: [...(await store.flags()), ...mailFlags(server.port)] })
      ana = await postern.owner()
    })
    after(async () => {
      await postern[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    })

    /** The next letter, which is to this person and about this. */
    async function told(username: string, subject: RegExp): Promise<string> {
      const letter = await server.next()
      assert.deepEqual(letter.to, [`${username}@example.com`])
      assert.match(letter.headers.get('subject') ?? '', subject)
      assert.match(letter.text, new RegExp(`at ${RegExp.escape(postern.origin)}\n`))
      return letter.text
    }

    test('of the passkey registered through their link', async () => {
      await postern.join(ana, 'bo')
      assert.match(await told('bo', /registered for you through a link/), /“My first passkey”/)
    })

    test('of a passkey added, renamed and removed', async () => {
      const { id } = await ana.addPasskey(new SoftwareAuthenticator(), 'the blue one')
      assert.match(
        await told('ana', /passkey was added/),
        /“the blue one”.*\n\nIf this was not you, remove it at http/s,
      )
      await ana.act('PATCH', `/me/credentials/${id}`, { name: 'my first one' })
      assert.match(
        await told('ana', /passkey of your account was renamed/),
        /“the blue one” was renamed to “my first one” .*\n\nIf this was not you, look through http/s,
      )
      await ana.act('DELETE', `/me/credentials/${id}`)
      assert.match(await told('ana', /passkey was removed/), /“my first one”/)
    })

    test('of a passkey that counts for more, or less, by what its model is known for now', async () => {
      const maker = makeMaker({ name: 'Blue model' })
      await ana.addPasskey(new SoftwareAuthenticator({ attest: maker.attester }), 'another blue one')
      await told('ana', /passkey was added/)
      await importMetadata(postern, [maker], { number: 1 })
      assert.match(
        await told('ana', /your passkeys counts differently/),
        /“another blue one”.*hardware key of a verified model/s,
      )
      const entry = maker.entry({ statusReports: [{ status: 'REVOKED' }] })
      await importMetadata(postern, [], { number: 2, entries: [entry] })
      assert.match(
        await told('ana', /your passkeys counts differently/),
        /number 2 its model, Blue model, is reported with REVOKED/,
      )
    })

    test('of a rule with a date, as soon as it is made, if they do not have what it will ask', async () => {
      const synced = new Person(postern.origin, new SoftwareAuthenticator({ backupEligible: true, backupState: true }))
      const { link } = await ana.act<{ link: string }>('POST', '/people', { ...applicant('sue'), role: 'member' })
      await synced.register(link, applicant('sue'))
      await told('sue', /registered for you through a link/)
      const rule = {
        id: 'hardware',
        title: 'Hardware keys',
        mode: 'enforce',
        who: ['user:sue'],
        does: ['sign-in'],
        requires: { strength: 'device-bound' },
      } as const
      const dated = { ...rule, enforceFrom: Date.now() + 30 * 86_400_000 }
      await setRules(ana, [{ ...dated, who: ['user:sue'], does: ['sign-in'] }])
      assert.match(await told('sue', /Register what you will need/), /“Hardware keys” asks you for a key/)
      // So is whoever joins a group that asks for it within some days.
      await ana.act('POST', '/groups', { name: 'finance', description: '' })
      await setRules(ana, [{ ...rule, who: ['group:finance'], does: ['sign-in'], graceDays: 14 }])
      await ana.act('PUT', '/groups/finance/members/sue', {})
      assert.match(await told('sue', /Register what you will need/), /“Hardware keys” asks you for a key/)
      await setRules(ana, [])
    })

    test('of an API token, whose secret is not in the letter', async () => {
      const secret = await ana.makeToken('ci')
      const text = await told('ana', /API token was made/)
      assert.match(text, /“ci”/)
      assert.ok(!text.includes(secret))
    })

    test('of other sessions ended, where there were any', async () => {
      await ana.call('DELETE', '/me/sessions')
      await signInWith(new Person(postern.origin, ana.authenticator))
      await ana.call('DELETE', '/me/sessions')
      assert.match(await told('ana', /other sessions were ended/), /Your other session was ended/)
    })

    test('of a registration link, which is not in the letter', async () => {
      await ana.act('POST', '/people', { ...applicant('cy'), role: 'member' })
      const { link } = await ana.act<{ link: string }>('POST', '/people/cy/registration-link', {})
      const text = await told('cy', /registration link was made for you/)
      assert.match(text, /^Hello .+,\n\nAna Example made a one-time link/)
      assert.ok(!text.includes(new URL(link).hash))
      assert.ok(!text.includes('#'))
    })

    test('of an owner’s link made on the machine itself', async () => {
      const { database, now } = postern.postern.ceremonies
      await makeOwnerLink(database, postern.origin, 'ana', now())
      assert.match(await told('ana', /registration link was made for you/), /Somebody with access to the server itself/)
      await makeOwnerLink(database, postern.origin, undefined, now())
    })

    test('and administrators see whether letters go out', async () => {
      assert.deepEqual(await ana.call<MailView>('GET', '/mail'), {
        isMailSetUp: true,
        from: 'postern@example.com',
        waiting: 0,
        failed: 0,
        lastError: null,
      })
      const di = await postern.join(ana, 'di')
      await told('di', /registered for you/)
      await refused(di.call('GET', '/mail'), 403, 'not-allowed')
      assert.equal(server.letters.length, 15, 'and no letter more than these')
    })
  })

for (const store of eitherStore)
  test(`what waits to be sent outlives a restart on ${store.name}`, async () => {
    const port = await freePort()
    let ahead = 0
    await using postern = await startPostern({
      // Until the server is there, each attempt is an error of the log.
      flags: [...(await store.flags()), ...mailFlags(port), '--log-level', 'fatal'],
      now: () => Date.now() + ahead,
    })
    const ana = await postern.owner()
    await ana.makeToken('ci')
    await postern.restart()
    assert.equal((await ana.call<MailView>('GET', '/mail')).waiting, 1)
    await using server = await startMailServer({ port })
    ahead = 2 * 60_000
    assert.match((await server.next()).headers.get('subject') ?? '', /API token/)
  })

test('without a mail server nothing is written down, and administrators see it', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  await ana.makeToken('ci')
  assert.deepEqual(await ana.call<MailView>('GET', '/mail'), {
    isMailSetUp: false,
    from: null,
    waiting: 0,
    failed: 0,
    lastError: null,
  })
})
