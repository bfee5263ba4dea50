import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Id, newId } from '../src/database/id.ts'
import { TestSshKey } from '../src/protocols/ssh/test-ssh-key.ts'
import type { Person } from '../src/walk/person.ts'
import { applicant } from './support/ceremony.ts'
import { type DnsServer, startDnsServer } from './support/dns-server.ts'
import { type MailServer, startMailServer } from './support/mail-server.ts'
import { refused } from './support/refusal.ts'
import { addSshKey } from './support/ssh-keys.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'
import type { DomainAccount, DomainView, OwnClaim } from '../src/directory/domains/shapes.ts'
import { checkDomain } from '../src/directory/domains/check-domain.ts'
import { recheckDomains } from '../src/directory/domains/watch-domains.ts'
import { settleClaims } from '../src/directory/domains/settle-claims.ts'
import { lookInDns } from '../src/directory/domains/look-in-dns.ts'

const dayMs = 24 * 3_600_000
const domains = '/directory/domains'

for (const store of eitherStore)
  describe(`domains on ${store.name}`, { timeout: 280_000 }, () => {
    let postern: StartedPostern
    let dns: DnsServer
    let mail: MailServer
    let owner: Person
    let ahead = 0
    const now = () => Date.now() + ahead
    before(async () => {
      dns = await startDnsServer()
      mail = await startMailServer()
      const smtp = ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'git@postern.example']
      postern = await startPostern({ flags: [...(await store.flags()), ...smtp, '--dns-servers', dns.address], now })
      owner = await postern.owner('olga')
    })
    after(async () => {
      await postern[Symbol.asyncDispose]()
      await mail[Symbol.asyncDispose]()
      await dns[Symbol.asyncDispose]()
    })

    const list = async (): Promise<DomainView[]> => (await owner.call<{ items: DomainView[] }>('GET', domains)).items
    const view = (id: string): Promise<DomainView> => owner.call('GET', `${domains}/${id}`)
    const add = (name: string): Promise<DomainView> => owner.act('POST', domains, { name })
    const check = (id: string, by: Person = owner): Promise<DomainView> =>
      by.call('POST', `${domains}/${id}/check`, { way: 'dns' })
    async function verified(name: string): Promise<DomainView> {
      const domain = await add(name)
      dns.set(domain.record.name, { texts: [domain.record.value] })
      return check(domain.id)
    }
    async function at(domain: string, username: string): Promise<Person> {
      const { link } = await owner.act<{ link: string }>('POST', '/people', {
        ...applicant(username),
        email: `${username}@${domain}`,
        role: 'member',
      })
      const person = postern.stranger()
      await person.register(link, applicant(username))
      await confirm(person, `${username}@${domain}`)
      return person
    }
    /** Shows that the address is theirs, by the letter that went there. */
    async function confirm(person: Person, address: string): Promise<void> {
      mail.letters.length = 0
      await person.call('POST', '/me/email/verify')
      for (;;) {
        const letter = mail.letters.findLast(
          ({ to, text }) => to[0]?.toLowerCase() === address.toLowerCase() && /verify-address#/.test(text),
        )
        const [, token] = /verify-address#([\w-]+)/.exec(letter?.text ?? '') ?? []
        if (token !== undefined) return void (await person.call('POST', '/email-verifications', { token }))
        await mail.next()
      }
    }
    const claim = (id: string, ...usernames: string[]) =>
      owner.act<{ noticed: number; skipped: { username: string; reason: string }[] }>(
        'POST',
        `${domains}/${id}/claims`,
        { usernames },
      )
    const claimOf = async (person: Person): Promise<OwnClaim> => {
      const { items } = await person.call<{ items: OwnClaim[] }>('GET', '/me/claims')
      return items[0] ?? assert.fail('nothing is asked of this person')
    }
    const profile = (person: Person): Promise<{ email: string; managedBy: string | null; emailVerifiedAt: number }> =>
      person.call('GET', '/me/profile')
    const parts = () => ({
      database: postern.postern.ceremonies.database,
      look: { dns: lookInDns({ servers: [dns.address] }), https: lookInDns({ servers: [dns.address] }) },
      now,
    })
    const settle = () => settleClaims(parts())
    /** Sessions end meanwhile. */
    async function later(ms: number, ...people: Person[]): Promise<void> {
      ahead += ms
      for (const person of [owner, ...people]) await person.signIn()
    }
    const actionsOf = async (target: string): Promise<string[]> =>
      (await owner.call<{ items: { action: string }[] }>('GET', `/audit?target=${target}`)).items.map(
        ({ action }) => action,
      )

    test('a domain waits until its record is found, and says each time why it is not', async () => {
      const domain = await add('Acme.Example')
      assert.equal(domain.name, 'acme.example')
      assert.equal(domain.state, 'waiting')
      assert.equal(domain.record.name, '_postern-challenge.acme.example')
      assert.match(domain.record.value, /^postern-domain-verification=[\w-]{43}$/)
      assert.equal(domain.file.url, 'https://acme.example/.well-known/postern-domain-verification')

      assert.match((await check(domain.id)).lastError ?? '', /does not exist in DNS yet/)
      dns.set(domain.record.name, { texts: ['postern-domain-verification=another'] })
      assert.match((await check(domain.id)).lastError ?? '', /says something else\.$/)
      dns.set(domain.record.name, { rcode: 2 })
      assert.match((await check(domain.id)).lastError ?? '', /SERVFAIL/)
      dns.set(domain.record.name, { texts: [domain.record.value] })
      const found = await check(domain.id)
      assert.deepEqual([found.state, found.verifiedBy, found.lastError], ['verified', 'dns', null])
      assert.deepEqual(await actionsOf(domain.id), ['domain.verified', 'domain.added'])
    })

    test('the file is the other way: looked for as it is asked, and each day where the record is gone', async () => {
      const domain = await add('file.example')
      const early = await owner.call<DomainView>('POST', `${domains}/${domain.id}/check`, { way: 'https' })
      assert.deepEqual([early.state, early.verifiedBy], ['waiting', null])
      assert.match(early.lastError ?? '', /file\.example/)
      // Its web server is on port 443 elsewhere: what it answers is tried in `look-at-file.test.ts`.
      const there = {
        ...parts(),
        look: { dns: parts().look.dns, https: () => Promise.resolve({ isFound: true } as const) },
      }
      const { id } = await owner.call<{ id: Id<'usr'> }>('GET', '/me')
      const actor = { id, method: 'session' as const, strength: null }
      await checkDomain(there, domain.id, { way: 'https', actor })
      const found = await view(domain.id)
      assert.deepEqual([found.state, found.verifiedBy, found.lastError], ['verified', 'https', null])
      const { items } = await owner.call<{ items: { sentence: string }[] }>('GET', `/audit?target=${domain.id}`)
      assert.match(items[0]?.sentence ?? '', /file on its web server/)
      dns.set(domain.record.name, { texts: [domain.record.value] })
      await check(domain.id)
      dns.set(domain.record.name, undefined)
      await later(dayMs + 1_000)
      await recheckDomains(there)
      const moved = await view(domain.id)
      assert.deepEqual([moved.state, moved.verifiedBy, moved.lastError], ['verified', 'https', null])
      await owner.act('DELETE', `${domains}/${domain.id}`)
    })

    test('one domain is there once, in whatever case and script it is typed', async () => {
      const domain = await add('bücher.example')
      assert.equal(domain.name, 'xn--bcher-kva.example')
      assert.equal(domain.unicodeName, 'bücher.example')
      for (const name of ['BÜCHER.example', 'xn--bcher-kva.EXAMPLE', 'bücher.example.'])
        await refused(add(name), 409, 'domain-known')
      const lookalike = await add('bϋcher.example')
      assert.notEqual(lookalike.name, domain.name)
      for (const { id, name } of await list())
        if (name.startsWith('xn--')) await owner.act('DELETE', `${domains}/${id}`)
    })

    test('what belongs to nobody in particular is refused before any tap', async () => {
      for (const name of ['gmail.com', 'co.uk', 'com', '127.0.0.1', 'x y.example', 'https://acme.example'])
        await refused(owner.call('POST', domains, { name }), 422, 'invalid-input')
    })

    test('two administrators who verify one domain at once verify it once', async () => {
      const adam = await postern.join(owner, 'adam', 'admin')
      const domain = await add('twice.example')
      dns.set(domain.record.name, { texts: [domain.record.value] })
      await Promise.all([check(domain.id), check(domain.id, adam)])
      assert.deepEqual(await actionsOf(domain.id), ['domain.verified', 'domain.added'])
      await refused(adam.call('POST', domains, { name: 'mine.example' }), 403, 'not-allowed')
      await refused(adam.call('DELETE', `${domains}/${domain.id}`), 403, 'not-allowed')
      const member = await postern.join(owner, 'mel')
      await refused(member.call('GET', domains), 403, 'not-allowed')
      await refused(check(domain.id, member), 403, 'not-allowed')
    })

    test('a proof that is gone for a week is a domain lost, loudly; a bad day is nothing', async () => {
      const domain = await verified('fading.example')
      const rita = await at('fading.example', 'rita')
      await claim(domain.id, 'rita')
      dns.set(domain.record.name, { rcode: 2 })
      const looked: string[] = []
      for (let day = 1; day <= 9; day += 1) {
        await later(dayMs + 1_000)
        await recheckDomains(parts())
        looked.push((await view(domain.id)).state)
      }
      assert.deepEqual(looked, [...Array<string>(7).fill('verified'), 'lost', 'lost'])
      assert.match((await view(domain.id)).lastError ?? '', /SERVFAIL/)
      assert.equal((await actionsOf(domain.id))[0], 'domain.lost')

      await later(30 * dayMs, rita)
      await settle()
      assert.equal((await profile(rita)).managedBy, null, 'no claim takes hold meanwhile, and nobody’s access ended')
      await refused(
        owner.call('POST', `${domains}/${domain.id}/claims`, { usernames: ['rita'] }),
        409,
        'domain-not-verified',
      )
      dns.set(domain.record.name, { texts: [domain.record.value] })
      assert.equal((await check(domain.id)).state, 'verified')
      await settle()
      assert.equal((await profile(rita)).managedBy, 'fading.example')
    })

    test('the report lists who is at the domain and managed by nobody', async () => {
      const domain = await verified('report.example')
      const una = await at('report.example', 'una')
      await at('REPORT.example', 'ulf')
      await at('sub.report.example', 'eve')
      await at('notreport.example', 'eva')
      const { items } = await owner.call<{ items: DomainAccount[] }>('GET', `${domains}/${domain.id}/accounts`)
      assert.deepEqual(
        items.map(({ person, management, role, claim: open }) => [person.username, management, role, open]),
        [
          ['ulf', 'nobody', 'member', null],
          ['una', 'nobody', 'member', null],
        ],
      )
      assert.ok((items[1]?.lastSeenAt ?? 0) > 0)
      await refused(una.call('GET', `${domains}/${domain.id}/accounts`), 403, 'not-allowed')
      assert.deepEqual((await view(domain.id)).accounts, {
        people: 2,
        unmanaged: 2,
        unconfirmed: 0,
        noticed: 0,
        objected: 0,
        managed: 0,
      })
    })

    test('whoever is claimed is told, has their time, and is managed when it is over; what they have stays', async () => {
      const domain = await verified('grace.example')
      const gina = await at('grace.example', 'gina')
      const token = await gina.makeToken('mine', ['account:read'])
      const before = await gina.call<{ items: unknown[] }>('GET', '/me/credentials')
      await addSshKey(gina, new TestSshKey('ssh-ed25519'))
      await gina.call('POST', '/projects', { name: 'hers', description: '' })
      await gina.call('POST', '/projects/hers/repositories', { name: 'work', description: '', visibility: 'private' })
      const holds = () =>
        Promise.all(
          ['/projects/hers/repositories/work', '/projects/hers/members', '/me/ssh-keys'].map((path) =>
            gina.call<object>('GET', path),
          ),
        )
      const held = await holds()
      mail.letters.length = 0
      assert.deepEqual(await claim(domain.id, 'gina', 'nobody', 'olga'), {
        noticed: 1,
        skipped: [
          { username: 'nobody', reason: 'nobody of that name is here' },
          { username: 'olga', reason: 'their address is not at grace.example' },
        ],
      })
      assert.equal((await claim(domain.id, 'gina')).skipped[0]?.reason, 'they have been told already')
      const asked = await claimOf(gina)
      assert.deepEqual([asked.state, asked.domain, asked.by.username], ['noticed', 'grace.example', 'olga'])
      assert.equal(asked.graceEndsAt - asked.noticedAt, 14 * dayMs)
      const letter = await letterTo('gina@grace.example', 'Your organisation wants to manage your account')
      assert.match(letter, new RegExp(`/-/claims/${asked.id}\\b`))

      await later(14 * dayMs - 60_000, gina)
      await settle()
      assert.equal((await profile(gina)).managedBy, null)
      await later(60_000)
      await settle()
      assert.equal((await profile(gina)).managedBy, 'grace.example')
      assert.deepEqual(await gina.call('GET', '/me/credentials').then((after) => sameKeys(after, before)), true)
      const bearer = { authorization: `Bearer ${token}` }
      assert.equal((await postern.stranger().fetch('GET', '/people', undefined, bearer)).status, 200)
      assert.deepEqual(await holds(), held, 'repositories, roles and keys are as they were')
      const { items: done } = await owner.call<{ items: { action: string; actor: { username: string } | null }[] }>(
        'GET',
        '/audit?action=repository.created',
      )
      assert.equal(done[0]?.actor?.username, 'gina', 'and so is what she did')

      await refused(gina.call('PATCH', '/me', { email: 'gina@elsewhere.example' }), 409, 'managed')
      await refused(gina.call('DELETE', '/me'), 409, 'managed')
      await refused(gina.call('POST', `/me/claims/${asked.id}/object`), 409, 'claim-over')
      await gina.act('PATCH', '/me', { displayName: 'Gina Grace' })
    })

    test('who only wrote somebody’s address into their account is not claimed as that person, nor what they keep', async () => {
      const domain = await verified('typed.example')
      const mallory = await postern.join(owner, 'mallory')
      await mallory.act('PATCH', '/me', { email: 'boss@typed.example' })
      mail.letters.length = 0
      assert.deepEqual(await claim(domain.id, 'mallory'), {
        noticed: 0,
        skipped: [
          {
            username: 'mallory',
            reason: 'they have never shown that the address is theirs; a letter asks them to',
          },
        ],
      })
      await letterTo('boss@typed.example', 'Is this your address')
      const { items } = await owner.call<{ items: DomainAccount[] }>('GET', `${domains}/${domain.id}/accounts`)
      assert.deepEqual(
        items.map(({ person, isEmailVerified }) => [person.username, isEmailVerified]),
        [['mallory', false]],
      )
      assert.equal((await view(domain.id)).accounts.unconfirmed, 1)
    })

    test('a claim from before does not take hold of an account whose address was never shown', async () => {
      const domain = await verified('before.example')
      const mira = await at('before.example', 'mira')
      await claim(domain.id, 'mira')
      await parts().database.write((tx) =>
        tx.updateTable('user').set({ emailVerifiedAt: null }).where('username', '=', 'mira').execute(),
      )
      await later(15 * dayMs, mira)
      await settle()
      assert.deepEqual([(await claimOf(mira)).state, (await profile(mira)).managedBy], ['withdrawn', null])
    })

    test('who agrees is managed at once; nobody answers for another', async () => {
      const domain = await verified('agree.example')
      const [ann, bob] = [await at('agree.example', 'ann'), await at('agree.example', 'bob')]
      await claim(domain.id, 'ann', 'bob')
      const asked = await claimOf(ann)
      await refused(bob.call('POST', `/me/claims/${asked.id}/accept`), 404, 'not-found')
      await refused(owner.call('POST', `/me/claims/${asked.id}/object`), 404, 'not-found')
      await ann.call('POST', `/me/claims/${asked.id}/accept`)
      assert.equal((await profile(ann)).managedBy, 'agree.example')
      await refused(ann.call('POST', `/me/claims/${asked.id}/accept`), 409, 'claim-over')
    })

    test('who objects twice has objected once, and is left to a decision; time alone decides nothing', async () => {
      const domain = await verified('object.example')
      const otto = await at('object.example', 'otto')
      await claim(domain.id, 'otto')
      const asked = await claimOf(otto)
      await Promise.all([1, 2].map(() => otto.call('POST', `/me/claims/${asked.id}/object`)))
      await otto.call('POST', `/me/claims/${asked.id}/object`)
      const { id: ottoId } = await otto.call<{ id: string }>('GET', '/me')
      assert.deepEqual(
        (await actionsOf(ottoId)).filter((action) => action === 'domain.claim-objected'),
        ['domain.claim-objected'],
      )
      const decide = (decision: string) =>
        owner.act('POST', `${domains}/${domain.id}/claims/${asked.id}/decision`, { decision })
      await refused(decide('end-access'), 409, 'grace-runs')
      await later(15 * dayMs, otto)
      await settle()
      assert.equal((await profile(otto)).managedBy, null)
      await decide('end-access')
      await refused(otto.call('GET', '/me'), 401, 'sign-in-required')
      const ended = await owner.call<{ items: { sentence: string }[] }>(
        'GET',
        `/audit?target=${ottoId}&action=access.ended`,
      )
      assert.match(ended.items[0]?.sentence ?? '', /The access of otto ended: they refused to be managed/)
      await refused(decide('let-go'), 409, 'claim-over')
    })

    test('who objects can be let go, and keeps everything', async () => {
      const domain = await verified('letgo.example')
      const lena = await at('letgo.example', 'lena')
      await claim(domain.id, 'lena')
      const asked = await claimOf(lena)
      await lena.call('POST', `/me/claims/${asked.id}/object`)
      await owner.act('POST', `${domains}/${domain.id}/claims/${asked.id}/decision`, { decision: 'let-go' })
      assert.equal((await claimOf(lena)).state, 'withdrawn')
      await later(20 * dayMs, lena)
      await settle()
      assert.equal((await profile(lena)).managedBy, null)
    })

    test('an address that moves in the instant of the claim is either managed or elsewhere, never both', async () => {
      const domain = await verified('race.example')
      for (const username of ['ray', 'rob', 'roy']) {
        const person = await at('race.example', username)
        await claim(domain.id, username)
        const asked = await claimOf(person)
        const moved = person.act('PATCH', '/me', { email: `${username}@elsewhere.example` })
        const accepted = person.call('POST', `/me/claims/${asked.id}/accept`)
        await Promise.allSettled([moved, accepted])
        const { email, managedBy } = await profile(person)
        assert.ok(
          managedBy === null ? email.endsWith('@elsewhere.example') : email.endsWith('@race.example'),
          `${email} is managed by ${managedBy}`,
        )
        assert.equal((await claimOf(person)).state, managedBy === null ? 'withdrawn' : 'claimed')
      }
    })

    test('who moves away before is no longer asked for; who moves in is not claimed by that', async () => {
      const domain = await verified('move.example')
      const mona = await at('move.example', 'mona')
      await claim(domain.id, 'mona')
      await mona.act('PATCH', '/me', { email: 'mona@elsewhere.example' })
      assert.equal((await claimOf(mona)).state, 'withdrawn')
      await mona.act('PATCH', '/me', { email: 'mona@move.example' })
      await later(15 * dayMs, mona)
      await settle()
      assert.equal((await profile(mona)).managedBy, null)
      await confirm(mona, 'mona@move.example')
      assert.equal((await claim(domain.id, 'mona')).noticed, 1)
    })

    test('who leaves, or comes to be managed by a directory, is no longer asked for', async () => {
      const domain = await verified('left.example')
      const [lou, dee] = [await at('left.example', 'lou'), await at('left.example', 'dee')]
      await claim(domain.id, 'lou', 'dee')
      await lou.call('POST', `/me/claims/${(await claimOf(lou)).id}/object`)
      await dee.call('POST', `/me/claims/${(await claimOf(dee)).id}/object`)
      assert.equal((await view(domain.id)).accounts.objected, 2)
      await lou.act('DELETE', '/me')
      assert.equal((await view(domain.id)).accounts.objected, 1)
      const managedBy = newId('dir')
      await parts().database.write((tx) =>
        tx.updateTable('user').set({ managedBy }).where('username', '=', 'dee').execute(),
      )
      await settle()
      assert.equal((await claimOf(dee)).state, 'withdrawn')
      assert.equal((await view(domain.id)).accounts.objected, 0)
    })

    test('a domain that is removed gives its people back to themselves', async () => {
      const domain = await verified('gone.example')
      const [kim, kay] = [await at('gone.example', 'kim'), await at('gone.example', 'kay')]
      await claim(domain.id, 'kim', 'kay')
      await kim.call('POST', `/me/claims/${(await claimOf(kim)).id}/accept`)
      const open = (await claimOf(kay)).id
      await owner.act('DELETE', `${domains}/${domain.id}`)
      assert.equal((await profile(kim)).managedBy, null)
      await refused(kay.call('POST', `/me/claims/${open}/accept`), 404, 'not-found')
      await refused(view(domain.id), 404, 'not-found')
      assert.equal((await add('gone.example')).state, 'waiting', 'a new proof is asked for')
    })

    test('only an owner decides about an owner, and the last one stays', async () => {
      const domain = await verified('top.example')
      await owner.act('PATCH', '/me', { email: 'olga@top.example' })
      await confirm(owner, 'olga@top.example')
      await claim(domain.id, 'olga')
      const asked = await claimOf(owner)
      await owner.call('POST', `/me/claims/${asked.id}/object`)
      await later(15 * dayMs)
      const adam = await postern.join(owner, 'adele', 'admin')
      const decision = `${domains}/${domain.id}/claims/${asked.id}/decision`
      await refused(adam.act('POST', decision, { decision: 'end-access' }), 403, 'not-allowed')
      await refused(owner.act('POST', decision, { decision: 'end-access' }), 403, 'not-allowed')
      await owner.act('POST', decision, { decision: 'let-go' })
    })

    async function letterTo(address: string, subject: string): Promise<string> {
      for (;;) {
        const found = mail.letters.find(({ to, headers }) => to.includes(address) && headers.get('subject') === subject)
        if (found !== undefined) return found.text
        await mail.next()
      }
    }
  })

const sameKeys = (one: unknown, other: unknown): boolean => {
  const ids = (list: unknown) => (list as { items: { id: string }[] }).items.map(({ id }) => id).join()
  return ids(one) === ids(other)
}
