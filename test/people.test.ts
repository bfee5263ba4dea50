import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Person as ListedPerson, PersonDetail } from '../src/identity/shapes.ts'
import { recomputeRole } from '../src/identity/recompute-role.ts'
import { createUser } from '../src/identity/users.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import type { Person } from '../src/walk/person.ts'
import { applicant, registerWith } from './support/ceremony.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

interface Listed {
  items: { username: string; displayName: string; credentialCount: number }[]
  nextCursor: string | null
}

const dayMs = 24 * 3_600_000
const weekMs = 7 * dayMs

for (const store of eitherStore)
  describe(`people on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let ahead = 0
    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      ana = await postern.owner()
    })
    after(() => postern[Symbol.asyncDispose]())
    const add = (by: Person, person: object): Promise<{ link: string }> =>
      by.act('POST', '/people', { role: 'member', ...person })

    test('a name is never given twice, nor in other letters, nor one that the product needs', async () => {
      await add(ana, applicant('dora'))
      await refused(add(ana, applicant('dora')), 409, 'username-taken')
      for (const username of [
        'Dora',
        'a',
        '-dora',
        'do ra',
        'dora@x',
        'dora,eve',
        'dora*',
        'x'.repeat(40),
        'dora\n',
        'д',
      ])
        await refused(add(ana, { ...applicant('x1'), username }), 422, 'invalid-input')
      for (const username of ['admin', 'root', 'system', 'git', 'passwords'])
        await refused(add(ana, applicant(username)), 409, 'username-taken')
    })

    test('two administrators who add one name at once add one person', async () => {
      const both = await Promise.allSettled([add(ana, applicant('twin')), add(ana, applicant('twin'))])
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    })

    test('a refused name says what is wanted, and uses no tap up', async () => {
      const problem = await refused(
        ana.call('POST', '/people', { ...applicant('x1'), username: 'NO', role: 'member' }),
        422,
        'invalid-input',
      )
      assert.deepEqual(problem, {
        type: 'about:blank',
        title: 'This is not valid: username: 2–39 characters: a–z, 0–9, -.',
        status: 422,
        code: 'invalid-input',
        fields: { username: 'username: 2–39 characters: a–z, 0–9, -' },
      })
    })

    test('whoever taps to add a person adds a person, and nothing that they are not shown', async () => {
      const { database } = postern.postern.ceremonies
      const of = (username: string) =>
        database.read.selectFrom('user').select(['id', 'webauthnHandle']).where('username', '=', username)
      const { id, webauthnHandle } = await of('ana').executeTakeFirstOrThrow()
      for (const more of [{ kind: 'agent', ownerId: id }, { webauthnHandle }, { isDemo: true }, { managedBy: 'dom_x' }])
        await refused(add(ana, { ...applicant('x4'), role: 'owner', ...more }), 422, 'invalid-input')
      assert.deepEqual(await of('x4').execute(), [])
    })

    test('names and addresses with hidden or breaking characters are refused', async () => {
      for (const displayName of ['', 'two\nlines', 'nul\0', 'mirror \u202e', 'x'.repeat(101)])
        await refused(add(ana, { ...applicant('x2'), displayName }), 422, 'invalid-input')
      for (const email of ['', 'nobody', 'a@b@c', 'a b@c', 'nul\0@c', '<a@b>'])
        await refused(add(ana, { ...applicant('x2'), email }), 422, 'invalid-input')
    })

    test('search finds by any part of name, username and address, in any case, on every store alike', async () => {
      await add(ana, { username: 'oezil', displayName: 'Özil Öztürk', email: 'Oe@Example.org' })
      const found = async (q: string): Promise<string[]> =>
        (await ana.call<Listed>('GET', `/people?q=${encodeURIComponent(q)}`)).items.map(({ username }) => username)
      for (const q of ['OEZ', 'Özil', 'öztürk'.replace('ö', 'Ö'), 'oe@example.ORG'])
        assert.deepEqual(await found(q), ['oezil'], q)
      assert.deepEqual(await found('100% nobody_'), [])
      assert.deepEqual(await found('\\'), await found(''))
      assert.deepEqual(await found("' or 1=1 --"), [])
      assert.deepEqual(await found('\0oezil'), ['oezil'])
    })

    test('a long list comes in pages that miss and repeat nobody', async () => {
      const { database, now } = postern.postern.ceremonies
      await database.write(async (tx) => {
        for (let n = 0; n < 120; n += 1)
          await createUser(tx, { ...applicant(`many-${n}`), role: 'member', createdBy: null, at: now() })
      })
      const seen: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const page: Listed = await ana.call('GET', `/people?q=many-${cursor === '' ? '' : `&cursor=${cursor}`}`)
        seen.push(...page.items.map(({ username }) => username))
        cursor = page.nextCursor
      }
      assert.equal(new Set(seen).size, 120)
      assert.deepEqual(seen, [...seen].sort(), 'byte by byte, on every store')
      for (const bad of ['x', 'e30', 'W10', 'WzFd', 'bnVsbA'])
        await refused(ana.call('GET', `/people?cursor=${bad}`), 422, 'invalid-input')
    })

    test('members add nobody, and administrators make no owners or administrators', async () => {
      const bo = await postern.join(ana, 'bo')
      const cy = await postern.join(ana, 'cy', 'admin')
      await refused(bo.call('POST', '/people', { ...applicant('x3'), role: 'member' }), 403, 'not-allowed')
      await refused(bo.call('POST', '/groups', { name: 'x3', description: '' }), 403, 'not-allowed')
      await refused(add(cy, { ...applicant('x3'), role: 'owner' }), 403, 'not-allowed')
      await refused(add(cy, { ...applicant('x3'), role: 'admin' }), 403, 'not-allowed')
      await add(cy, applicant('x3'))
      await refused(cy.act('POST', '/people/ana/registration-link', {}), 403, 'not-allowed')
    })

    test('a fresh link is made only for somebody without a passkey, and replaces the former', async () => {
      const { link } = await add(ana, applicant('gus'))
      const fresh = await ana.act<{ link: string }>('POST', '/people/gus/registration-link', {})
      const gus = postern.stranger()
      await refused(registerWith(gus, link, 'gus'), 410, 'link-used')
      await registerWith(gus, fresh.link, 'gus')
      await refused(ana.act('POST', '/people/gus/registration-link', {}), 409, 'has-passkey')
      await refused(ana.act('POST', '/people/nobody-here/registration-link', {}), 404, 'not-found')
    })

    test('an invitation waits a week', async () => {
      const { link } = await add(ana, applicant('hal'))
      ahead = weekMs
      await refused(registerWith(postern.stranger(), link, 'hal'), 410, 'link-expired')
      ahead = 0
      await registerWith(postern.stranger(), link, 'hal')
    })

    test('a person ended between invitation and registration does not come in', async () => {
      const { link } = await add(ana, applicant('ida'))
      await postern.postern.ceremonies.database.write((tx) =>
        tx.updateTable('user').set({ state: 'ended' }).where('username', '=', 'ida').execute(),
      )
      await refused(registerWith(postern.stranger(), link, 'ida'), 410, 'link-used')
    })

    test('a group’s name is one in any case; adding twice is told once; it ends with its members', async () => {
      const { database } = postern.postern.ceremonies
      const events = async (action: string): Promise<number> =>
        (await database.read.selectFrom('auditEvent').select('id').where('action', '=', action).execute()).length
      await ana.act('POST', '/groups', { name: 'Platform', description: 'two\nlines' })
      await refused(ana.call('POST', '/groups', { name: 'platform', description: '' }), 409, 'group-exists')
      await refused(ana.call('POST', '/groups', { name: 'no space', description: '' }), 422, 'invalid-input')
      await ana.act('PUT', '/groups/PLATFORM/members/ana', {})
      const told = await events('group.member-added')
      await ana.act('PUT', '/groups/platform/members/ana', {})
      assert.equal(await events('group.member-added'), told)
      await refused(ana.call('PUT', '/groups/platform/members/nobody-here', {}), 404, 'not-found')
      await refused(ana.call('PUT', '/groups/nothing/members/ana', {}), 404, 'not-found')
      await ana.act('DELETE', '/groups/platform/members/ana')
      await ana.act('DELETE', '/groups/platform/members/ana')
      assert.equal(await events('group.member-removed'), 1)
      await ana.act('PUT', '/groups/platform/members/ana', {})
      await ana.act('DELETE', '/groups/platform')
      await refused(ana.call('DELETE', '/groups/platform'), 404, 'not-found')
      assert.equal((await database.read.selectFrom('groupMember').selectAll().execute()).length, 0)
    })

    test('the list shows how strongly each can prove themselves, to administrators alone', async () => {
      const kit = await postern.join(ana, 'kit')
      const find = async (by: Person, username: string): Promise<ListedPerson | undefined> =>
        (await by.call<{ items: ListedPerson[] }>('GET', `/people?q=${username}`)).items.at(0)
      const seen = await find(ana, 'kit')
      assert.deepEqual(
        [seen?.kind, seen?.strength, seen?.credentialCount, seen?.keyKinds.length, seen?.unendorsed.length],
        ['person', 'passkey', 1, 1, 1],
      )
      assert.ok(Math.abs((seen?.lastSeenAt ?? 0) - Date.now()) < 60_000)
      await ana.act('POST', `/people/kit/credentials/${seen?.unendorsed[0]?.id ?? ''}/endorse`, {})
      assert.notEqual((await find(ana, 'kit'))?.strength, 'passkey', 'vouched for, it counts in full')
      const byOther = await find(kit, 'ana')
      assert.deepEqual(
        [byOther?.strength, byOther?.keyKinds, byOther?.lastSeenAt, byOther?.unendorsed, byOther?.endsAt],
        [null, [], null, [], null],
      )
      await refused(kit.call('GET', '/people/counts'), 403, 'not-allowed')
      await refused(kit.call('GET', '/people?filter=no-passkey'), 403, 'not-allowed')
      await refused(kit.call('GET', '/people/ana'), 404, 'not-found')
      assert.equal((await kit.call<PersonDetail>('GET', '/people/kit')).person.username, 'kit')
      await refused(ana.call('GET', '/people?filter=nobody'), 422, 'invalid-input')
    })

    test('each filter finds whom its count says', async () => {
      const { database, now } = postern.postern.ceremonies
      await ana.act('POST', '/agents', { username: 'robot', displayName: 'Robot' })
      await database.write(async (tx) => {
        await createUser(tx, {
          ...applicant('looked-after'),
          role: 'member',
          createdBy: null,
          managedBy: 'dir_x',
          at: now(),
        })
        const { id } = await createUser(tx, { ...applicant('gone'), role: 'member', createdBy: null, at: now() })
        await tx.updateTable('user').set({ state: 'ended' }).where('id', '=', id).execute()
      })
      const counts = await ana.call<Record<string, number>>('GET', '/people/counts')
      const listed: Record<string, string[]> = {}
      for (const filter of Object.keys(counts)) {
        const names: string[] = []
        let cursor: string | null = ''
        while (cursor !== null) {
          const page: Listed = await ana.call(
            'GET',
            `/people?filter=${filter}${cursor === '' ? '' : `&cursor=${cursor}`}`,
          )
          names.push(...page.items.map(({ username }) => username))
          cursor = page.nextCursor
        }
        assert.equal(names.length, counts[filter], filter)
        listed[filter] = names
      }
      assert.deepEqual([listed['managed'], listed['agents']], [['looked-after'], ['robot']])
      assert.ok(listed['ended']?.includes('gone') && !listed['people']?.includes('gone'))
      assert.ok(listed['no-passkey']?.includes('looked-after') && !listed['no-passkey'].includes('kit'))
      assert.ok(!listed['people']?.includes('robot'))
      const synced = Object.assign(postern.stranger(), {
        authenticator: new SoftwareAuthenticator({ backupEligible: true, backupState: true }),
      })
      await registerWith(synced, (await add(ana, applicant('synced'))).link, 'synced')
      const soon = { ...applicant('soon'), role: 'guest' as const, createdBy: null, at: now() }
      await database.write(async (tx) => {
        await createUser(tx, { ...soon, endsAt: now() + 29 * dayMs })
        await createUser(tx, { ...soon, ...applicant('later'), endsAt: now() + 31 * dayMs })
      })
      for (const [filter, names] of [
        ['only-synced', ['synced']],
        ['guests-ending', ['soon']],
        ['guests', ['soon', 'later']],
      ] as const) {
        const { items } = await ana.call<Listed>('GET', `/people?filter=${filter}`)
        assert.deepEqual(
          items.map(({ username }) => username),
          names,
          filter,
        )
      }
    })

    test('guests come by the day they leave, in pages that miss nobody', async () => {
      const { database, now } = postern.postern.ceremonies
      await database.write(async (tx) => {
        for (let n = 0; n < 60; n += 1)
          await createUser(tx, {
            ...applicant(`guest-${n}`),
            role: 'guest',
            createdBy: null,
            endsAt: n % 7 === 0 ? null : now() + ((n * 37) % 100) * weekMs,
            at: now(),
          })
      })
      const seen: ListedPerson[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const page: { items: ListedPerson[]; nextCursor: string | null } = await ana.call(
          'GET',
          `/people?filter=guests${cursor === '' ? '' : `&cursor=${cursor}`}`,
        )
        seen.push(...page.items)
        cursor = page.nextCursor
      }
      const ends = seen.map(({ endsAt }) => endsAt ?? Infinity)
      assert.deepEqual(
        ends,
        [...ends].sort((a, b) => a - b),
      )
      assert.equal(new Set(seen.map(({ username }) => username)).size, seen.length)
      assert.ok(seen.length >= 60)
    })

    test('only an owner makes and unmakes owners and administrators, and the last owner stays', async () => {
      const lil = await postern.join(ana, 'lil', 'admin')
      await postern.join(ana, 'mia')
      for (const [who, role] of [
        ['mia', 'admin'],
        ['mia', 'owner'],
        ['ana', 'member'],
        ['lil', 'member'],
      ])
        await refused(lil.call('PATCH', `/people/${who}`, { role }), 403, 'not-allowed')
      await lil.act('PATCH', '/people/mia', { role: 'guest' })
      await lil.act('PATCH', '/people/mia', { role: 'member' })
      await refused(ana.call('PATCH', '/people/ana', { role: 'admin' }), 409, 'last-owner')
      await refused(ana.call('PATCH', '/people/robot', { role: 'member' }), 409, 'not-a-person')
      await refused(ana.call('PATCH', '/people/gone', { role: 'admin' }), 409, 'access-ended')
      await refused(ana.call('PATCH', '/people/nobody-here', { role: 'admin' }), 404, 'not-found')
      const detail = await ana.call<PersonDetail>('GET', '/people/ana')
      assert.match(detail.roleRefusal ?? '', /^This is the last owner/)
    })

    test('a role that comes from a group is not taken away beside it', async () => {
      const { database } = postern.postern.ceremonies
      await ana.act('POST', '/groups', { name: 'keepers', description: '' })
      await ana.act('PUT', '/groups/keepers/members/mia', {})
      await database.write(async (tx) => {
        const group = await tx
          .updateTable('userGroup')
          .set({ organisationRole: 'admin' })
          .where('name', '=', 'keepers')
          .returning('id')
          .executeTakeFirstOrThrow()
        const { userId } = await tx
          .selectFrom('groupMember')
          .select('userId')
          .where('groupId', '=', group.id)
          .executeTakeFirstOrThrow()
        await recomputeRole(tx, userId)
      })
      const mia = await ana.call<PersonDetail>('GET', '/people/mia')
      assert.equal(mia.person.role, 'admin')
      assert.match(mia.roleRefusal ?? '', /^A group or directory makes Mia Example an administrator at least/)
      await refused(ana.call('PATCH', '/people/mia', { role: 'member' }), 409, 'role-from-groups')
      await ana.act('PATCH', '/people/mia', { role: 'owner' })
      await ana.act('PATCH', '/people/mia', { role: 'admin' })
      await refused(ana.call('PATCH', '/people/mia', { role: 'guest' }), 409, 'role-from-groups')
    })

    test('of two owners who step back at once one stays', async () => {
      await ana.act('PATCH', '/people/lil', { role: 'owner' })
      const { database } = postern.postern.ceremonies
      const owners = async () =>
        (
          await database.read
            .selectFrom('user')
            .select('username')
            .where('role', '=', 'owner')
            .where('state', '=', 'active')
            .execute()
        ).length
      assert.equal(await owners(), 2)
      const ends = await Promise.allSettled([
        ana.act('PATCH', '/people/ana', { role: 'admin' }),
        ana.act('PATCH', '/people/lil', { role: 'admin' }),
      ])
      assert.deepEqual(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
      assert.equal(await owners(), 1)
    })
  })
