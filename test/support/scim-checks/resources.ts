import assert from 'node:assert/strict'
import { core, enterprise, newUser, ok, refusedBy } from '../scim.ts'
import type { Check } from './check.ts'

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/** Making, reading and taking away resources, and what every resource has: RFC 7643 §2–4, RFC 7644 §3.1, §3.3, §3.6. */
export const resources: Check[] = [
  {
    covers: [
      'RFC7644-3.3-L602',
      'RFC7644-3.3-L603',
      'RFC7644-3.3-L605',
      'RFC7644-3.3.1-L712',
      'RFC7643-2.1-L366',
      'RFC7643-3-L709',
      'RFC7643-3.3-L976',
      'RFC7643-3.1-L852',
      'RFC7643-3.1-L855',
      'RFC7643-3.1-L866',
      'RFC7643-3.1-L927',
      'RFC7643-4.1.1-L1035',
      'EXTRA-TYPE-COMPLEX',
      'EXTRA-TYPE-BOOL',
    ],
    title: 'a made resource comes back whole: 201, its address in Location and meta, id and meta given',
    async run({ scim, fresh }) {
      const userName = fresh()
      const answer = await scim.post('/Users', newUser(userName))
      const user = ok(answer, 201)
      assert.deepEqual(user.schemas, [`${core}:User`])
      assert.equal(user.userName, userName)
      assert.ok(user.id.length > 0)
      assert.equal(user.meta.resourceType, 'User')
      assert.equal(user.meta.location, `${scim.base}/Users/${user.id}`)
      assert.equal(answer.headers.get('location'), user.meta.location)
      assert.equal(user.active, true)
      assert.equal(user.name.familyName, 'Example')
      const read = await scim.get(`/Users/${user.id}`)
      assert.deepEqual(ok(read), user)
      assert.equal(read.headers.get('content-location') ?? user.meta.location, user.meta.location)
      const group = ok(await scim.post('/Groups', { schemas: [`${core}:Group`], displayName: fresh('group') }), 201)
      assert.deepEqual([group.meta.resourceType, group.schemas], ['Group', [`${core}:Group`]])
      for (const without of [{}, { userName: '' }, { userName: null }])
        refusedBy(await scim.post('/Users', { ...newUser('x'), userName: undefined, ...without }), 400, 'invalidValue')
      for (const schemas of [[], undefined, ['urn:of:nothing']])
        refusedBy(await scim.post('/Users', { ...newUser(fresh()), schemas }), 400)
    },
  },
  {
    covers: ['RFC7643-3.1-L920', 'RFC7643-3.1-L925', 'RFC7643-2.3.5-L527', 'RFC7643-2.3.5-L531', 'EXTRA-TYPE-DT'],
    title: 'times have date, time and zone; what was never modified was last modified when it was created',
    async run({ scim, fresh }) {
      const { meta } = await scim.makeUser(fresh())
      assert.match(meta.created, dateTime)
      assert.equal(meta.lastModified, meta.created)
    },
  },
  {
    covers: [
      'RFC7643-3.1-L867',
      'RFC7643-3.1-L868',
      'RFC7643-3.1-L872',
      'RFC7643-3.1-L873',
      'RFC7643-3.1-L911',
      'RFC7644-3.3-L584',
      'RFC7643-3.1-L890',
      'EXTRA-MUT-READONLY',
      'RFC7643-7-L1759',
    ],
    title: 'id and meta are ours alone, whatever a client sends; externalId is the client’s alone',
    async run({ scim, fresh }) {
      const claimed = { resourceType: 'Printer', created: '1999-01-01T00:00:00Z', version: 'W/"mine"', location: 'x' }
      const user = await scim.makeUser(fresh(), { id: 'mine', meta: claimed, groups: [{ value: 'mine' }] })
      assert.notEqual(user.id, 'mine')
      assert.equal(user.id.includes('bulkId'), false)
      assert.equal(user.meta.resourceType, 'User')
      assert.notEqual(user.meta.created, claimed.created)
      assert.equal('externalId' in user, false)
      assert.deepEqual(user.groups ?? [], [])
      const second = await scim.makeUser(fresh())
      assert.notEqual(second.id, user.id)
      const put = ok(await scim.put(`/Users/${user.id}`, { ...user, id: second.id, meta: claimed }))
      assert.deepEqual([put.id, put.meta.created], [user.id, user.meta.created])
      assert.equal(ok(await scim.get(`/Users/${user.id}`)).id, user.id)
    },
  },
  {
    covers: ['RFC7644-3.3-L625', 'RFC7643-3.1-L891'],
    title: 'the same userName again is a 409, in whatever case; externalId counts within one directory',
    async run({ scim, other, fresh }) {
      const userName = `${fresh()}@example.org`
      await scim.makeUser(userName, { externalId: 'shared-1' })
      for (const same of [userName, userName.toUpperCase()])
        refusedBy(await scim.post('/Users', newUser(same)), 409, 'uniqueness')
      const theirs = await other.makeUser(fresh(), { externalId: 'shared-1' })
      assert.equal(theirs.externalId, 'shared-1')
      const found = ok(await scim.find('Users', 'externalId eq "shared-1"'))
      assert.deepEqual([found.totalResults, found.Resources[0].userName], [1, userName])
    },
  },
  {
    covers: [
      'RFC7643-4.1.1-L1186',
      'RFC7643-4.1.1-L1222',
      'RFC7643-7-L1769',
      'EXTRA-MUT-WRITEONLY',
      'EXTRA-RET-NEVER',
      'RFC7643-9.2-L5117',
    ],
    title: 'a password is taken and nowhere given back, in no form, however it is asked for',
    async run({ scim, fresh }) {
      const password = 'Correct horse 7 battery'
      const made = await scim.makeUser(fresh(), { password })
      const patched = await scim.patch(`/Users/${made.id}`, { op: 'replace', path: 'password', value: `${password}8` })
      assert.ok([200, 204].includes(patched.status))
      const asked = [
        made,
        patched.body,
        ok(await scim.get(`/Users/${made.id}`)),
        ok(await scim.get(`/Users/${made.id}?attributes=password,userName`)),
        ok(await scim.get('/Users?attributes=password')),
        (await scim.find('Users', `password eq "${password}"`)).body,
      ]
      for (const body of asked) assert.equal(/battery|"password"/i.test(JSON.stringify(body ?? '')), false)
      assert.equal(ok(await scim.get(`/Users/${made.id}`)).password, undefined)
    },
  },
  {
    covers: [
      'RFC7643-3.3-L981',
      'EXTRA-EXT-CONTAINER',
      'EXTRA-EXT-ROUNDTRIP',
      'EXTRA-EXT-SCHEMAS',
      'RFC7643-3-L713',
      'RFC7643-3-L714',
      'RFC7643-2.3.8-L592',
      'RFC7643-6-L1655',
    ],
    title: 'the extension lives under its URI, which then stands in schemas once; order means nothing',
    async run({ scim, fresh }) {
      const extension = { employeeNumber: '701984', department: 'Tour Operations', costCenter: '4130' }
      const reversed = Object.fromEntries(
        Object.entries(
          newUser(fresh(), { [enterprise]: extension, schemas: [enterprise, `${core}:User`] }),
        ).toReversed(),
      )
      const made = ok(await scim.post('/Users', reversed), 201)
      const user = ok(await scim.get(`/Users/${made.id}`))
      assert.deepEqual(user[enterprise], extension)
      assert.equal(user.department, undefined)
      assert.deepEqual([...user.schemas].sort(), [`${core}:User`, enterprise].sort())
      assert.equal((await scim.makeUser(fresh())).schemas.length, 1)
      const twice = { ...newUser(fresh()), schemas: [`${core}:User`, `${core}:User`] }
      const doubled = await scim.post('/Users', twice)
      if (doubled.status === 201) assert.deepEqual(doubled.body.schemas, [`${core}:User`])
      else refusedBy(doubled, 400)
    },
  },
  {
    covers: [
      'RFC7643-2.4-L634',
      'RFC7643-2.4-L663',
      'EXTRA-MV-ROUNDTRIP',
      'EXTRA-MV-COMPLEX-PRIMARY',
      'RFC7643-2.4-L608',
    ],
    title: 'many values come back as they were: at most one primary, none twice',
    async run({ scim, fresh }) {
      const work = { value: `${fresh()}@example.org`, type: 'work', primary: true }
      const home = { value: `${fresh()}@example.org`, type: 'home' }
      const { id } = await scim.makeUser(fresh(), { emails: [work, home] })
      const user = ok(await scim.get(`/Users/${id}`))
      const values = user.emails.map(({ value }) => value)
      assert.deepEqual(values.sort(), [work.value, home.value].sort())
      const two = await scim.post('/Users', newUser(fresh(), { emails: [work, { ...home, primary: true }] }))
      if (two.status === 201) assert.ok(two.body.emails.filter(({ primary }) => primary).length <= 1)
      else refusedBy(two, 400, 'invalidValue')
      const doubled = await scim.makeUser(fresh(), { emails: [work, work] })
      assert.equal(doubled.emails.length, 1)
    },
  },
  {
    covers: ['RFC7643-2.5-L682'],
    title: 'null, an empty list and nothing at all are the same',
    async run({ scim, fresh }) {
      const { id } = await scim.makeUser(fresh(), { title: null, phoneNumbers: [], nickName: 'N' })
      const user = ok(await scim.get(`/Users/${id}`))
      assert.deepEqual([user.title, user.phoneNumbers], [undefined, undefined])
      const put = ok(await scim.put(`/Users/${id}`, { ...user, nickName: null }))
      assert.equal(put.nickName, undefined)
    },
  },
  {
    covers: [
      'RFC7643-4.1.2-L1351',
      'RFC7643-4.1.2-L1354',
      'RFC7643-2.3.7-L552',
      'RFC7643-2.3.7-L555',
      'RFC7643-2.3.7-L577',
      'RFC7643-2.3.7-L578',
      'EXTRA-TYPE-REF',
    ],
    title: 'a group’s members refer to users who can be read there; users name their groups and cannot choose them',
    async run({ scim, fresh }) {
      const user = await scim.makeUser(fresh())
      const group = await scim.makeGroup(fresh('group'), [user.id])
      const [member] = ok(await scim.get(`/Groups/${group.id}`)).members
      assert.equal(member.value, user.id)
      const reference = new URL(member.$ref, `${scim.base}/`)
      assert.match(reference.pathname, /\/scim\/v2\/Users\//)
      assert.equal(ok(await scim.get(reference.href)).id, user.id)
      const { groups } = ok(await scim.get(`/Users/${user.id}`))
      assert.deepEqual(
        groups.map(({ value }) => value),
        [group.id],
      )
      ok(await scim.put(`/Users/${user.id}`, { ...user, groups: [] }))
      assert.equal(ok(await scim.get(`/Groups/${group.id}`)).members.length, 1)
    },
  },
  {
    covers: ['RFC7643-7-L1750'],
    title: 'what is case-exact keeps its case',
    async run({ scim, fresh }) {
      const user = await scim.makeUser(fresh(), { externalId: 'MiXed-Case' })
      assert.equal(ok(await scim.get(`/Users/${user.id}`)).externalId, 'MiXed-Case')
    },
  },
  {
    covers: ['RFC7644-3.6-L2657', 'RFC7644-3.6-L2642', 'RFC7644-3.6-L2644'],
    title: 'what was deleted is gone: 204, then 404 for everything, and in no list',
    async run({ scim, fresh }) {
      const user = await scim.makeUser(fresh())
      const answer = await scim.delete(`/Users/${user.id}`)
      assert.deepEqual([answer.status, answer.body], [204, undefined])
      refusedBy(await scim.get(`/Users/${user.id}`), 404)
      refusedBy(await scim.put(`/Users/${user.id}`, user), 404)
      refusedBy(await scim.patch(`/Users/${user.id}`, { op: 'replace', path: 'active', value: true }), 404)
      refusedBy(await scim.delete(`/Users/${user.id}`), 404)
      assert.equal(ok(await scim.find('Users', `userName eq "${user.userName}"`)).totalResults, 0)
      const group = await scim.makeGroup(fresh('group'))
      assert.equal((await scim.delete(`/Groups/${group.id}`)).status, 204)
      refusedBy(await scim.get(`/Groups/${group.id}`), 404)
    },
  },
  {
    covers: [],
    title: 'a directory is no user: /Me says so, and does not pretend to be one (§3.11 allows 501)',
    async run({ scim }) {
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const)
        refusedBy(await scim.send(method, '/Me', method === 'GET' || method === 'DELETE' ? undefined : {}), 501)
    },
  },
  {
    covers: ['RFC7643-3.1-L940', 'RFC7644-3.14-L3967', 'RFC7644-3.13-L3956'],
    title: 'a version is a weak tag, in the header and in meta; If-Match of another version changes nothing',
    async run({ scim, fresh }) {
      const user = await scim.makeUser(fresh())
      const read = await scim.get(`/Users/${user.id}`)
      const tag = read.headers.get('etag') ?? ''
      assert.match(tag, /^W\/"[^"]+"$/)
      assert.equal(read.body.meta.version, tag)
      assert.equal((await scim.get(`/Users/${user.id}`, { 'if-none-match': tag })).status, 304)
      refusedBy(await scim.put(`/Users/${user.id}`, { ...user, displayName: 'No' }, { 'if-match': 'W/"other"' }), 412)
      const put = await scim.put(`/Users/${user.id}`, { ...user, displayName: 'Yes' }, { 'if-match': tag })
      assert.equal(ok(put).displayName, 'Yes')
      assert.notEqual(put.headers.get('etag'), tag)
      refusedBy(await scim.put(`/Users/${user.id}`, user, { 'if-match': tag }), 412)
    },
  },
  {
    covers: ['EXTRA-TYPE-BIN', 'RFC7643-2.3.6-L537', 'EXTRA-TYPE-INT', 'RFC7643-2.3.4-L521'],
    title: 'binary values are base64 and come back so; whole numbers come as whole numbers',
    async run({ scim, fresh }) {
      const value = 'MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQAwTjELMAkGA1UEBhMCVVM='
      const { id } = await scim.makeUser(fresh(), { x509Certificates: [{ value }] })
      assert.equal(ok(await scim.get(`/Users/${id}`)).x509Certificates[0].value, value)
      refusedBy(await scim.post('/Users', newUser(fresh(), { x509Certificates: [{ value: 'not base64!' }] })), 400)
      const list = ok(await scim.get('/Users?startIndex=1&count=1'))
      for (const count of [list.totalResults, list.startIndex, list.itemsPerPage])
        assert.match(JSON.stringify(count), /^\d+$/)
    },
  },
]
