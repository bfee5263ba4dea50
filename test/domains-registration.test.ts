import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Person } from '../src/walk/person.ts'
import { type DnsServer, startDnsServer } from './support/dns-server.ts'
import { type MailServer, startMailServer } from './support/mail-server.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const dayMs = 24 * 3_600_000
const ours: ReadonlySet<unknown> = new Set(['Finish your registration', 'You have an account already'])

test('without mail nobody can be allowed to register themselves, and the refusal says why', async () => {
  await using postern = await startPostern()
  const owner = await postern.owner()
  const problem = await refused(
    owner.call('PUT', '/settings/selfRegistration', { value: true }),
    409,
    'mail-not-set-up',
  )
  assert.match(problem.help ?? '', /POSTERN_SMTP_URL/)
  await refused(
    postern.stranger().call('POST', '/self-registration', { email: 'a@b.example', displayName: 'A', username: 'aa' }),
    403,
    'not-allowed',
  )
})

for (const store of eitherStore)
  describe(`people who register themselves, on ${store.name}`, { timeout: 280_000 }, () => {
    let postern: StartedPostern
    let dns: DnsServer
    let mail: MailServer
    let owner: Person
    let ahead = 0
    before(async () => {
      dns = await startDnsServer()
      mail = await startMailServer()
      const smtp = ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'git@postern.example']
      const flags = [...(await store.flags()), ...smtp, '--dns-servers', dns.address]
      postern = await startPostern({ flags, now: () => Date.now() + ahead })
      owner = await postern.owner('olga')
      // Off by itself, with mail set up too.
      assert.equal((await apply(wish('nobody-yet'))).status, 403)
      await owner.act('PUT', '/settings/selfRegistration', { value: true })
    })
    beforeEach(() => owner.signIn())
    after(async () => {
      await postern[Symbol.asyncDispose]()
      await mail[Symbol.asyncDispose]()
      await dns[Symbol.asyncDispose]()
    })

    const wish = (username: string, email = `${username}@acme.example`) => ({
      username,
      email,
      displayName: `${username} Acme`,
    })
    const apply = (given: object) => postern.stranger().fetch('POST', '/self-registration', given)
    async function letters(address: string, count = 1): Promise<string[]> {
      for (;;) {
        const found = mail.letters
          .filter(
            ({ to, headers }) => to[0]?.toLowerCase() === address.toLowerCase() && ours.has(headers.get('subject')),
          )
          .map(({ text }) => text)
        if (found.length >= count) return found
        await mail.next()
      }
    }
    const linkIn = (text = ''): string => /http:\/\/localhost:\d+\/-\/setup#[\w-]+/.exec(text)?.[0] ?? ''
    async function linkFor(username: string, email?: string): Promise<string> {
      const given = wish(username, email)
      assert.equal((await apply(given)).status, 202)
      return linkIn((await letters(given.email)).at(-1))
    }
    async function register(link: string, username: string): Promise<Person> {
      const person = postern.stranger()
      await person.register(link, wish(username))
      return person
    }
    const me = (person: Person): Promise<{ role: string; email: string; username: string }> => person.call('GET', '/me')

    test('is a guest for some months from elsewhere, and a member from a verified domain; the address is shown', async () => {
      const gus = await register(await linkFor('gus', 'gus@elsewhere.example'), 'gus')
      assert.deepEqual([(await me(gus)).role, (await me(gus)).email], ['guest', 'gus@elsewhere.example'])
      const { id, record } = await owner.act<{ id: string; record: { name: string; value: string } }>(
        'POST',
        '/directory/domains',
        { name: 'acme.example' },
      )
      const early = await register(await linkFor('early'), 'early')
      assert.equal((await me(early)).role, 'guest', 'a domain that only waits is nobody’s')
      dns.set(record.name, { texts: [record.value] })
      await owner.call('POST', `/directory/domains/${id}/check`, { way: 'dns' })
      const mia = await register(await linkFor('mia', 'mia@ACME.example'), 'mia')
      assert.equal((await me(mia)).role, 'member')
      const sub = await register(await linkFor('sub', 'sub@dev.acme.example'), 'sub')
      assert.equal((await me(sub)).role, 'guest')
      const { emailVerifiedAt } = await mia.call<{ emailVerifiedAt: number | null }>('GET', '/me/profile')
      assert.ok(emailVerifiedAt !== null)
      const { items } = await owner.call<{ items: { username: string; endsAt: number | null }[] }>('GET', '/people')
      const endOf = (name: string) => items.find(({ username }) => username === name)?.endsAt ?? null
      assert.equal(endOf('mia'), null)
      assert.ok(Math.abs((endOf('gus') ?? 0) - Date.now() - 90 * dayMs) < dayMs)
    })

    test('a known address, an ended one and an unknown one are answered alike', async () => {
      const ana = await postern.join(owner, 'ana')
      await ana.act('DELETE', '/me')
      await postern.join(owner, 'bea')
      const answers = []
      for (const email of ['bea@example.com', 'BEA@Example.com', 'ana@example.com', 'new@example.com']) {
        const answer = await apply(wish('whoever', email))
        answers.push([
          answer.status,
          await answer.text(),
          [...answer.headers.keys()].filter((name) => name !== 'date').sort(),
        ])
      }
      assert.deepEqual(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1, JSON.stringify(answers))
      assert.equal(linkIn((await letters('bea@example.com'))[0]), '')
      assert.match((await letters('bea@example.com'))[0] ?? '', /belongs to your account already/)
      assert.equal(
        linkIn((await letters('ana@example.com')).at(-1)),
        '',
        'nobody whose access ended lets themselves in again',
      )
      assert.notEqual(linkIn((await letters('new@example.com'))[0]), '')
    })

    test('nobody whose access ended comes again by another spelling, nor by the address they had before', async () => {
      const ida = await register(await linkFor('ida', 'ida@bücher.example'), 'ida')
      await ida.act('PATCH', '/me', { email: 'ida@elsewhere.example' })
      await ida.act('DELETE', '/me')
      for (const email of ['ida@xn--bcher-kva.example', 'IDA@XN--BCHER-KVA.example']) {
        assert.equal((await apply(wish('ida-two', email))).status, 202)
        const { linkId } = await postern.postern.ceremonies.database.read
          .selectFrom('applicant')
          .select('linkId')
          .where('address', '=', email)
          .executeTakeFirstOrThrow()
        assert.equal(linkId, null, email)
      }
      // Who only wrote it there keeps nobody else from it.
      assert.notEqual(await linkFor('true-ida', 'ida@elsewhere.example'), '')
    })

    test('who only wrote an address, here or not confirmed, keeps nobody from registering with it', async () => {
      const eve = await postern.join(owner, 'eve')
      await eve.act('PATCH', '/me', { email: 'hana@acme.example' })
      const hana = await register(await linkFor('hana'), 'hana')
      assert.deepEqual([(await me(hana)).email, (await me(eve)).email], ['hana@acme.example', ''])
    })

    test('nobody is there before the link is used; it works once, and makes its sisters useless', async () => {
      const first = await linkFor('twin')
      await apply(wish('twin'))
      const second = linkIn((await letters('twin@acme.example', 2))[1])
      assert.notEqual(first, second)
      const { items } = await owner.call<{ items: unknown[] }>('GET', '/people?q=twin')
      assert.deepEqual(items, [])
      const both = await Promise.allSettled([register(first, 'twin'), register(second, 'twin-two')])
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
      const used = both[0]?.status === 'fulfilled' ? first : second
      for (const link of [first, second])
        await refused(register(link, 'twin-three'), 410, link === used ? 'link-used' : 'link-unknown')
      const found = await owner.call<{ items: unknown[] }>('GET', '/people?q=twin')
      assert.equal(found.items.length, 1)
    })

    test('a name that is taken meanwhile, or that the product needs, is chosen anew; the link is not used up', async () => {
      assert.equal((await apply(wish('olga', 'other@acme.example'))).status, 202, 'what names there are is not told')
      assert.equal((await apply(wish('admin', 'adm@acme.example'))).status, 202)
      const link = linkIn((await letters('other@acme.example'))[0])
      await refused(register(link, 'olga'), 409, 'username-taken')
      await refused(register(link, 'root'), 409, 'username-taken')
      assert.equal((await me(await register(link, 'other'))).username, 'other')
    })

    test('the address is the one the letter went to, whatever is sent with the registration', async () => {
      const link = await linkFor('fay')
      const fay = postern.stranger()
      await fay.register(link, { ...wish('fay'), email: 'boss@acme.example' })
      assert.equal((await me(fay)).email, 'fay@acme.example')
    })

    test('a mailbox gets three letters a day and no more, and the answer does not tell', async () => {
      for (let sent = 0; sent < 6; sent += 1) assert.equal((await apply(wish('spam'))).status, 202)
      await apply(wish('after'))
      await letters('after@acme.example')
      assert.equal((await letters('spam@acme.example', 3)).length, 3)
    })

    test('one address does not use up what everybody else is to register with', async () => {
      let status = 202
      for (let sent = 0; sent <= 100 && status === 202; sent += 1) status = (await apply(wish('spam'))).status
      assert.equal(status, 429)
      ahead += 3_600_000
      assert.equal((await apply(wish('spam'))).status, 202)
    })

    test('a link is over after a day, and when nobody may register any more', async () => {
      const link = await linkFor('slow')
      const other = await linkFor('late')
      await owner.act('PUT', '/settings/selfRegistration', { value: false })
      await refused(register(other, 'late'), 410, 'link-used')
      assert.equal((await apply(wish('never'))).status, 403)
      await owner.act('PUT', '/settings/selfRegistration', { value: true })
      ahead += dayMs
      await refused(register(link, 'slow'), 410, 'link-expired')
    })

    test('what is no address, name or username is refused before anything is sent', async () => {
      for (const bad of [{ email: 'a@b@c' }, { email: '' }, { username: 'Bad Name' }, { displayName: 'two\nlines' }])
        assert.equal((await apply({ ...wish('fine'), ...bad })).status, 422)
      assert.equal((await apply({ ...wish('fine'), role: 'owner' })).status, 422)
    })
  })
