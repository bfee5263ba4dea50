import assert from 'node:assert/strict'
import { core, enterprise, type Json, messages, newUser, ok, refusedBy } from '../scim.ts'
import type { Check } from './check.ts'

/** What a PATCH left: its own body, or what is read where it answered 204. */
async function left(scim: Parameters<Check['run']>[0]['scim'], path: string, ...operations: unknown[]): Promise<Json> {
  const answer = await scim.patch(path, ...operations)
  assert.ok(answer.status === 200 || answer.status === 204, JSON.stringify(answer.body))
  return ok(await scim.get(path))
}

/** Changing resources: PUT (RFC 7644 §3.5.1) and PATCH (§3.5.2). */
export const changes: Check[] = [
  {
    covers: [
      'RFC7644-3.5-L1607',
      'RFC7644-3.5.1-L1644',
      'RFC7644-3.5.1-L1665',
      'RFC7644-3.5.1-L1667',
      'RFC7644-3.2-L490',
      'RFC7644-3.5.1-L1637',
    ],
    title: 'PUT replaces what a client may write, ignores the rest, wants what is required, and creates nothing',
    async run({ scim, fresh }) {
      const user = await scim.makeUser(fresh(), { title: 'Guide', nickName: 'Gi' })
      const { nickName: _, ...rest } = user
      const put = ok(await scim.put(`/Users/${user.id}`, { ...rest, title: 'Boss', meta: {}, id: 'x' }))
      assert.deepEqual([put.title, put.nickName, put.id], ['Boss', undefined, user.id])
      assert.notEqual(put.meta.version, user.meta.version)
      const { userName: __, ...nameless } = rest
      refusedBy(await scim.put(`/Users/${user.id}`, nameless), 400, 'invalidValue')
      refusedBy(await scim.put('/Users/usr_00000000000000000000', newUser(fresh())), 404)
      const other = await scim.makeUser(fresh())
      refusedBy(
        await scim.put(`/Users/${user.id}`, { ...put, userName: other.userName.toUpperCase() }),
        409,
        'uniqueness',
      )
    },
  },
  {
    covers: [
      'RFC7644-3.5-L1609',
      'RFC7644-3.5.2-L1805',
      'RFC7644-3.5.2-L1808',
      'RFC7644-3.5.2-L1810',
      'RFC7644-3.5.2-L1939',
      'RFC7644-3.5.2.1-L1972',
    ],
    title: 'PATCH wants its schema, a list of operations, one known op in each, and a value to add',
    async run({ scim, fresh }) {
      const { id } = await scim.makeUser(fresh())
      const path = `/Users/${id}`
      const good = { op: 'add', path: 'title', value: 'Guide' }
      assert.equal((await left(scim, path, good)).title, 'Guide')
      const schemas = [`${messages}:PatchOp`]
      const wrong: unknown[] = [
        { Operations: [good] },
        { schemas: [`${core}:User`], Operations: [good] },
        { schemas },
        { schemas, Operations: [] },
        { schemas, Operations: good },
        { schemas, Operations: [{ path: 'title', value: 'x' }] },
        { schemas, Operations: [{ op: 'move', path: 'title', value: 'x' }] },
        { schemas, Operations: [{ op: ['add'], path: 'title', value: 'x' }] },
        { schemas, Operations: [{ op: 'add', path: 'title' }] },
        { schemas, Operations: [null] },
      ]
      for (const body of wrong) refusedBy(await scim.send('PATCH', path, body), 400)
      refusedBy(await scim.patch(path, { op: 'replace', path: 'emails[type eq', value: 'x' }), 400, 'invalidPath')
      refusedBy(await scim.patch(path, { op: 'remove' }), 400, 'noTarget')
      assert.equal(ok(await scim.get(path)).title, 'Guide')
    },
  },
  {
    covers: ['RFC7644-3.5.2.1-L1988', 'RFC7644-3.5.2.3-L2376', 'EXTRA-EXT-ROUNDTRIP'],
    title: 'add and replace reach parts, whole complex values, extensions, and what was not there',
    async run({ scim, fresh }) {
      const { id } = await scim.makeUser(fresh())
      const path = `/Users/${id}`
      assert.deepEqual((await left(scim, path, { op: 'add', path: 'name', value: { middleName: 'M' } })).name, {
        givenName: ok(await scim.get(path)).name.givenName,
        familyName: 'Example',
        middleName: 'M',
      })
      assert.equal(
        (await left(scim, path, { op: 'replace', path: 'name.familyName', value: 'New' })).name.familyName,
        'New',
      )
      assert.equal((await left(scim, path, { op: 'replace', path: 'nickName', value: 'Ni' })).nickName, 'Ni')
      const whole = {
        op: 'replace',
        value: { title: 'T', [`${enterprise}:department`]: 'D', name: { givenName: 'G' } },
      }
      const after = await left(scim, path, whole)
      assert.deepEqual(
        [after.title, after[enterprise].department, after.name.givenName, after.name.familyName],
        ['T', 'D', 'G', 'New'],
      )
      const inside = await left(scim, path, { op: 'add', path: `${enterprise}:costCenter`, value: '7' })
      assert.deepEqual(inside[enterprise], { department: 'D', costCenter: '7' })
      const contained = await left(scim, path, { op: 'replace', value: { [enterprise]: { department: 'E' } } })
      assert.equal(contained[enterprise].department, 'E')
    },
  },
  {
    covers: ['RFC7644-3.5.2-L1927'],
    title: 'a new primary value takes that from the former one',
    async run({ scim, fresh }) {
      const { id } = await scim.makeUser(fresh())
      const value = `${fresh()}@example.org`
      const added = { op: 'add', path: 'emails', value: [{ value, type: 'home', primary: true }] }
      const { emails } = await left(scim, `/Users/${id}`, added)
      assert.deepEqual(
        emails.filter(({ primary }) => primary === true).map((each) => each.value),
        [value],
      )
      assert.equal(emails.length, 2)
    },
  },
  {
    covers: ['RFC7644-3.5.2-L1931', 'RFC7644-3.5.2-L1933', 'RFC7644-3.5.2-L1886', 'RFC7644-3.5.2-L1888'],
    title: 'one operation that cannot be done undoes all of its request; what is read-only cannot be changed',
    async run({ scim, fresh }) {
      const user = await scim.makeUser(fresh(), { title: 'Before' })
      const path = `/Users/${user.id}`
      const first = { op: 'replace', path: 'title', value: 'After' }
      const others = [
        [{ op: 'replace', path: 'id', value: 'x' }, 'mutability'],
        [{ op: 'replace', path: 'meta.created', value: '2020-01-01T00:00:00Z' }, 'mutability'],
        [{ op: 'remove', path: 'userName' }, 'mutability'],
        [{ op: 'add', path: 'groups', value: [{ value: 'x' }] }, 'mutability'],
        [{ op: 'replace', path: 'emails[type eq "nowhere"].value', value: 'x@example.org' }, undefined],
      ] as const
      for (const [second, scimType] of others.slice(0, 4)) {
        refusedBy(await scim.patch(path, first, second), 400, scimType)
        assert.deepEqual(ok(await scim.get(path)), user)
      }
      refusedBy(await scim.patch(path, first, { op: 'replace', path: 'active', value: 'maybe' }), 400, 'invalidValue')
      assert.deepEqual(ok(await scim.get(path)), user)
    },
  },
  {
    covers: ['RFC7644-3.5.2.1-L2004'],
    title: 'adding what is there already changes nothing, not even the time of the last change',
    async run({ scim, fresh }) {
      const member = await scim.makeUser(fresh())
      const group = await scim.makeGroup(fresh('group'), [member.id])
      const again = await left(scim, `/Groups/${group.id}`, {
        op: 'add',
        path: 'members',
        value: [{ value: member.id }],
      })
      assert.deepEqual([again.members.length, again.meta.lastModified], [1, group.meta.lastModified])
      const user = await scim.makeUser(fresh(), { title: 'Same' })
      const same = await left(scim, `/Users/${user.id}`, { op: 'add', path: 'title', value: 'Same' })
      assert.deepEqual(same, user)
    },
  },
  {
    covers: ['RFC7644-3.5.2.2-L2146', 'RFC7644-3.5.2.2-L2151', 'RFC7644-3.5.2.2-L2167'],
    title: 'removing leaves nothing where nothing is required, and is refused where something is',
    async run({ scim, fresh }) {
      const phones = [
        { value: '+1 555 1', type: 'work' },
        { value: '+1 555 2', type: 'mobile' },
      ]
      const user = await scim.makeUser(fresh(), { title: 'T', phoneNumbers: phones })
      const path = `/Users/${user.id}`
      assert.equal((await left(scim, path, { op: 'remove', path: 'title' })).title, undefined)
      const one = await left(scim, path, { op: 'remove', path: 'phoneNumbers[type eq "work"]' })
      assert.deepEqual(
        one.phoneNumbers.map(({ value }) => value),
        ['+1 555 2'],
      )
      assert.equal((await left(scim, path, { op: 'remove', path: 'phoneNumbers' })).phoneNumbers, undefined)
      refusedBy(await scim.patch(path, { op: 'remove', path: 'userName' }), 400, 'mutability')
      refusedBy(await scim.patch(path, { op: 'remove', path: 'id' }), 400, 'mutability')
    },
  },
  {
    covers: ['RFC7644-3.5.2.3-L2387', 'RFC7644-3.5.2.3-L2396'],
    title: 'replace by a value filter reaches each that matches, and says noTarget where none does',
    async run({ scim, fresh }) {
      const phones = ['work', 'work', 'mobile'].map((type, at) => ({ type, value: `+1 555 ${at}` }))
      const user = await scim.makeUser(fresh(), { phoneNumbers: phones })
      const path = `/Users/${user.id}`
      const after = await left(scim, path, {
        op: 'replace',
        path: 'phoneNumbers[type eq "work"].display',
        value: 'office',
      })
      assert.deepEqual(
        after.phoneNumbers.map(({ display }) => display ?? null),
        ['office', 'office', null],
      )
      const none = { op: 'replace', path: 'phoneNumbers[type eq "fax"]', value: { value: '1' } }
      refusedBy(await scim.patch(path, none), 400, 'noTarget')
    },
  },
  {
    covers: ['RFC7644-3.5.1-L1660', 'RFC7643-7-L1766', 'EXTRA-MUT-IMMUTABLE'],
    title: 'who a membership is of does not change: only memberships come and go',
    async run({ scim, fresh }) {
      const [one, two] = [await scim.makeUser(fresh()), await scim.makeUser(fresh())]
      const group = await scim.makeGroup(fresh('group'), [one.id])
      const swap = { op: 'replace', path: `members[value eq "${one.id}"].value`, value: two.id }
      refusedBy(await scim.patch(`/Groups/${group.id}`, swap), 400, 'mutability')
      const put = ok(await scim.put(`/Groups/${group.id}`, { ...group, members: [{ value: two.id }] }))
      assert.deepEqual(
        put.members.map(({ value }) => value),
        [two.id],
      )
    },
  },
]
