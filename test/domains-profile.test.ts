import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Person } from '../src/walk/person.ts'
import { type MailServer, startMailServer } from './support/mail-server.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

interface Profile {
  email: string
  displayName: string
  emailVerifiedAt: number | null
  managedBy: string | null
}

for (const store of eitherStore)
  describe(`one’s own name and address on ${store.name}`, { timeout: 280_000 }, () => {
    let postern: StartedPostern
    let mail: MailServer
    let owner: Person
    let ahead = 0
    before(async () => {
      mail = await startMailServer()
      const smtp = ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'git@postern.example']
      postern = await startPostern({ flags: [...(await store.flags()), ...smtp], now: () => Date.now() + ahead })
      owner = await postern.owner('olga')
    })
    after(async () => {
      await postern[Symbol.asyncDispose]()
      await mail[Symbol.asyncDispose]()
    })
    const profile = (person: Person): Promise<Profile> => person.call('GET', '/me/profile')
    const confirm = (person: Person, token: string): Promise<Profile> =>
      person.call('POST', '/email-verifications', { token })
    /** The token of the newest letter to this address that asks for it. */
    async function tokenTo(address: string): Promise<string> {
      for (;;) {
        const found = mail.letters.findLast(({ to, text }) => to.includes(address) && /verify-address#/.test(text))
        const [, token] = /verify-address#([\w-]+)/.exec(found?.text ?? '') ?? []
        if (token !== undefined) return token
        await mail.next()
      }
    }

    test('a new address is told at both ends, takes a tap, and counts as shown only after its letter', async () => {
      const ana = await postern.join(owner, 'ana')
      await refused(ana.call('PATCH', '/me', { email: 'new@acme.example' }), 401, 'seal-required')
      const changed = await ana.act<Profile>('PATCH', '/me', { email: 'new@acme.example', displayName: 'Ana Acme' })
      assert.deepEqual(
        [changed.email, changed.displayName, changed.emailVerifiedAt],
        ['new@acme.example', 'Ana Acme', null],
      )
      const token = await tokenTo('new@acme.example')
      // The former address is told; by which of the two letters first, nobody says.
      while (!mail.letters.some(({ to }) => to.includes('ana@example.com'))) await mail.next()
      assert.ok(((await confirm(ana, token)).emailVerifiedAt ?? 0) > 0)
      await refused(confirm(ana, token), 410, 'link-used')
      await refused(ana.call('POST', '/me/email/verify'), 409, 'already-verified')
    })

    test('who confirms an address has it alone: whoever only wrote it loses it', async () => {
      const [mal, rae] = [await postern.join(owner, 'mal'), await postern.join(owner, 'rae')]
      await mal.act('PATCH', '/me', { email: 'rae@acme.example' })
      // Not the letter that mal asked for, which came to the same mailbox.
      mail.letters.length = 0
      await rae.act('PATCH', '/me', { email: 'RAE@acme.example' })
      await confirm(rae, await tokenTo('RAE@acme.example'))
      assert.deepEqual([(await profile(rae)).email, (await profile(mal)).email], ['RAE@acme.example', ''])
    })

    test('a link that went to somebody else’s mailbox proves nothing for who asked for it', async () => {
      const [eve, victor] = [await postern.join(owner, 'eve'), await postern.join(owner, 'victor')]
      await eve.act('PATCH', '/me', { email: 'victor@acme.example' })
      const token = await tokenTo('victor@acme.example')
      await refused(confirm(postern.stranger(), token), 401, 'sign-in-required')
      await refused(confirm(victor, token), 403, 'not-allowed')
      assert.equal((await profile(eve)).emailVerifiedAt, null)
      assert.equal((await profile(victor)).emailVerifiedAt, null)
    })

    test('a link confirms the address it went to and no later one, and not after a day', async () => {
      const max = await postern.join(owner, 'max')
      await max.act('PATCH', '/me', { email: 'first@acme.example' })
      const first = await tokenTo('first@acme.example')
      await max.act('PATCH', '/me', { email: 'second@acme.example' })
      await refused(confirm(max, first), 410, 'link-used')
      const second = await tokenTo('second@acme.example')
      ahead += 24 * 3_600_000
      await max.signIn()
      await owner.signIn()
      await refused(confirm(max, second), 410, 'link-used')
      assert.equal((await profile(max)).emailVerifiedAt, null)
    })

    test('one link used by two windows at once confirms once', async () => {
      const tim = await postern.join(owner, 'tim')
      await tim.call('POST', '/me/email/verify')
      const token = await tokenTo('tim@example.com')
      const both = await Promise.allSettled([confirm(tim, token), confirm(tim, token)])
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    })

    test('nobody floods a mailbox by asking again and again', async () => {
      const flo = await postern.join(owner, 'flo')
      for (let sent = 0; sent < 5; sent += 1) await flo.call('POST', '/me/email/verify')
      await refused(flo.call('POST', '/me/email/verify'), 429, 'too-many-letters')
    })

    test('nothing but one’s own name and address can be changed here', async () => {
      const pat = await postern.join(owner, 'pat')
      for (const body of [{}, { role: 'owner' }, { username: 'root' }, { email: 'a@b', managedBy: 'dom_x' }])
        await refused(pat.call('PATCH', '/me', body), 422, 'invalid-input')
      for (const body of [{ email: 'two@a,b@c' }, { email: 'nobody' }, { displayName: 'two\nlines' }])
        await refused(pat.call('PATCH', '/me', body), 422, 'invalid-input')
      const token = await pat.makeToken('t', ['account:read'])
      const bearer = { authorization: `Bearer ${token}` }
      assert.equal((await postern.stranger().fetch('PATCH', '/me', { displayName: 'X' }, bearer)).status, 403)
    })

    test('who leaves is out at once, with all they had; the last owner cannot', async () => {
      const lee = await postern.join(owner, 'lee')
      const token = await lee.makeToken('t', ['account:read'])
      await refused(lee.call('DELETE', '/me'), 401, 'seal-required')
      await lee.act('DELETE', '/me')
      await refused(lee.call('GET', '/me'), 401, 'sign-in-required')
      await assert.rejects(lee.signIn())
      const bearer = { authorization: `Bearer ${token}` }
      assert.equal((await postern.stranger().fetch('GET', '/people', undefined, bearer)).status, 401)
      await refused(owner.act('DELETE', '/me'), 409, 'last-owner')
    })

    test('of two last owners who leave at once one stays', async () => {
      const second = await postern.join(owner, 'otis', 'owner')
      const both = await Promise.allSettled([owner.act('DELETE', '/me'), second.act('DELETE', '/me')])
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    })
  })
