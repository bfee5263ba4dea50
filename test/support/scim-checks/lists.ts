import assert from 'node:assert/strict'
import { core, type Json, messages, ok, refusedBy } from '../scim.ts'
import type { Check, Ground } from './check.ts'

const names = (list: Json): string[] => list.Resources.map(({ userName }) => userName)

/** Three users that no other check looks at, found by their title. */
async function threeOf({ scim, fresh }: Ground): Promise<{ title: string; users: Json[] }> {
  const title = fresh('title')
  const users: Json[] = []
  for (const letter of ['B', 'a', 'C']) users.push(await scim.makeUser(`${letter}-${fresh()}`, { title }))
  return { title, users }
}

/** Looking for resources: filters, sorting, paging, parts of a resource. RFC 7644 §3.4, §3.9, RFC 9865. */
export const lists: Check[] = [
  {
    covers: ['RFC7644-3.4.2-L817', 'RFC7644-3.4.2-L847', 'RFC7644-3.4.2.2-L944'],
    title: 'a list says that it is one; nothing found is 200 with a total of 0',
    async run(ground) {
      const { title, users } = await threeOf(ground)
      const list = ok(await ground.scim.find('Users', `title eq "${title}"`))
      assert.deepEqual([list.schemas, list.totalResults], [[`${messages}:ListResponse`], 3])
      assert.deepEqual(names(list).sort(), users.map(({ userName }) => userName).sort())
      const none = ok(await ground.scim.find('Users', 'userName eq "nobody-of-this-name"'))
      assert.deepEqual([none.totalResults, none.Resources ?? [], none.itemsPerPage], [0, [], 0])
    },
  },
  {
    covers: ['RFC7644-3.4.2.2-L1127', 'RFC7644-3.4.2.2-L1208', 'RFC7644-3.4.2.2-L1001'],
    title: 'a filter that is none, an unknown operator, more or less of a truth value: 400 invalidFilter',
    async run({ scim }) {
      const wrong = [
        'userName',
        'userName eq',
        'userName zz "a"',
        'eq "a"',
        '(userName eq "a"',
        'userName eq "a" and',
        'userName eq "a" userName eq "b"',
        'emails[type eq "work"',
        'active gt true',
        'active le false',
        'userName eq a',
        'not userName eq "a"',
      ]
      for (const filter of wrong) {
        const answer = await scim.find('Users', filter)
        refusedBy(answer, 400, 'invalidFilter')
      }
    },
  },
  {
    covers: [
      'RFC7644-3.4.2.2-L1217',
      'RFC7643-7-L1748',
      'EXTRA-CASE-EXACT',
      'EXTRA-CASE-INSENSITIVE',
      'RFC7644-3.4.2.2-L1197',
    ],
    title: 'filters: attribute names and operators in any case, values as the attribute has it, parts by their path',
    async run(ground) {
      const { scim, fresh } = ground
      const address = `${fresh()}@example.org`
      const user = await scim.makeUser(address, {
        externalId: 'ExactCase',
        name: { givenName: 'Filta', familyName: 'Ble' },
      })
      const finds = async (filter: string): Promise<boolean> =>
        ok(await scim.find('Users', filter)).Resources.some(({ id }) => id === user.id)
      const yes = [
        `userName eq "${address.toUpperCase()}"`,
        `USERNAME EQ "${address}"`,
        `${core}:User:userName eq "${address}"`,
        'externalId eq "ExactCase"',
        `id eq "${user.id}"`,
        `userName sw "${address.slice(0, 5)}"`,
        `userName ew "${address.slice(-6)}"`,
        `userName co "${address.slice(2, 6)}"`,
        `emails.value eq "${address}"`,
        `emails eq "${address}"`,
        `emails[type eq "work" and value eq "${address}"]`,
        `name.familyName eq "ble" and userName eq "${address}"`,
        `not (userName ne "${address}")`,
        `(userName eq "x" or userName eq "${address}") and active eq true`,
        `userName pr and externalId eq "ExactCase"`,
        `meta.lastModified ge "2020-01-01T00:00:00Z" and id eq "${user.id}"`,
        `meta.created gt "2020-01-01T00:00:00+02:00" and id eq "${user.id}"`,
      ]
      for (const filter of yes) assert.equal(await finds(filter), true, filter)
      const no = [
        'externalId eq "exactcase"',
        `id eq "${user.id.toUpperCase()}"`,
        `active eq false and userName eq "${address}"`,
        `emails[type eq "home" and value eq "${address}"]`,
        `nickName pr and id eq "${user.id}"`,
        `nickName eq "x"`,
        `meta.created lt "2020-01-01T00:00:00Z"`,
      ]
      for (const filter of no) assert.equal(await finds(filter), false, filter)
    },
  },
  {
    covers: ['RFC7644-3.4.2.3-L1319', 'RFC7644-3.4.2.3-L1321'],
    title: 'sorting is ascending unless told, and by the attribute’s own rule of case',
    async run(ground) {
      const { scim } = ground
      const { title } = await threeOf(ground)
      const query = `filter=${encodeURIComponent(`title eq "${title}"`)}&sortBy=userName`
      const letters = async (more = ''): Promise<string> =>
        names(ok(await scim.get(`/Users?${query}${more}`)))
          .map((name) => name.charAt(0))
          .join('')
      assert.equal(await letters(), 'aBC')
      assert.equal(await letters('&sortOrder=ascending'), 'aBC')
      assert.equal(await letters('&sortOrder=descending'), 'CBa')
    },
  },
  {
    covers: ['RFC7644-3.4.2.4-L1358', 'RFC7644-3.4.2.4-L1363', 'RFC7644-3.4.2.1-L912'],
    title: 'pages begin at 1, are never longer than asked for, and together show everybody once',
    async run(ground) {
      const { scim } = ground
      const { title, users } = await threeOf(ground)
      const filter = `filter=${encodeURIComponent(`title eq "${title}"`)}`
      const page = async (query: string): Promise<Json> => ok(await scim.get(`/Users?${filter}&${query}`))
      for (const start of [0, -5]) {
        const first = await page(`startIndex=${start}&count=2`)
        assert.deepEqual(
          [first.startIndex, first.itemsPerPage, first.totalResults, first.Resources.length],
          [1, 2, 3, 2],
        )
      }
      const seen = [...names(await page('startIndex=1&count=2')), ...names(await page('startIndex=3&count=2'))]
      assert.deepEqual(seen.sort(), users.map(({ userName }) => userName).sort())
      for (const count of [0, -1]) {
        const none = await page(`count=${count}`)
        assert.deepEqual([none.totalResults, none.Resources ?? [], none.itemsPerPage], [3, [], 0])
      }
      const beyond = await page('startIndex=100')
      assert.deepEqual([beyond.totalResults, beyond.Resources ?? []], [3, []])
      // No list is refused for its length (§3.4.2.1 would be `tooMany`): it comes in pages.
      const { filter: limits } = ok(await scim.get('/ServiceProviderConfig'))
      const many = ok(await scim.get('/Users?count=1000000'))
      assert.ok(many.Resources.length <= limits.maxResults)
    },
  },
  {
    covers: [],
    title: 'a cursor leads through a list and shows everybody once (RFC 9865)',
    async run(ground) {
      const { scim } = ground
      const { title, users } = await threeOf(ground)
      const query = `/Users?filter=${encodeURIComponent(`title eq "${title}"`)}&count=2&cursor`
      const { pagination } = ok(await scim.get('/ServiceProviderConfig'))
      assert.equal(pagination.cursor, true)
      const first = ok(await scim.get(`${query}=`))
      assert.equal(first.Resources.length, 2)
      assert.ok(first.nextCursor)
      const second = ok(await scim.get(`${query}=${encodeURIComponent(first.nextCursor)}`))
      assert.deepEqual([second.Resources.length, second.nextCursor], [1, undefined])
      const seen = [...names(first), ...names(second)]
      assert.deepEqual(seen.sort(), users.map(({ userName }) => userName).sort())
      for (const wrong of ['nonsense', encodeURIComponent(`${first.nextCursor}x`)])
        refusedBy(await scim.get(`${query}=${wrong}`), 400, 'invalidCursor')
    },
  },
  {
    covers: ['RFC7644-3.4.2.5-L1438', 'RFC7644-3.4.2.5-L1449', 'RFC7644-3.9-L3596', 'EXTRA-RET-ALWAYS'],
    title: 'attributes and excludedAttributes choose what comes; id and schemas always do',
    async run({ scim, fresh }) {
      const user = await scim.makeUser(fresh(), { title: 'Tour guide' })
      const keys = async (query: string): Promise<string[]> =>
        Object.keys(ok(await scim.get(`/Users/${user.id}?${query}`))).sort()
      assert.deepEqual(
        (await keys('attributes=userName')).filter((key) => key !== 'meta'),
        ['id', 'schemas', 'userName'],
      )
      const named = ok(await scim.get(`/Users/${user.id}?attributes=name.familyName,USERNAME`))
      assert.deepEqual([named.name, named.userName], [{ familyName: 'Example' }, user.userName])
      const without = await keys('excludedAttributes=id,schemas,title,emails')
      assert.deepEqual(
        ['id', 'schemas', 'title', 'emails', 'userName'].map((key) => without.includes(key)),
        [true, true, false, false, true],
      )
      const list = ok(await scim.get(`/Users?count=2&attributes=userName`))
      for (const each of list.Resources) assert.equal(each.emails, undefined)
      const group = await scim.makeGroup(fresh('group'), [user.id])
      assert.equal(ok(await scim.get(`/Groups/${group.id}?excludedAttributes=members`)).members, undefined)
      const made = await scim.send('POST', '/Users?attributes=userName', {
        schemas: [`${core}:User`],
        userName: fresh(),
        emails: [{ value: `${fresh()}@example.org` }],
      })
      assert.equal(ok(made, 201).emails, undefined)
    },
  },
  {
    covers: ['RFC7644-3.4.3-L1476', 'RFC7644-3.4.2.1-L918'],
    title: 'POST .search does what GET does, for one kind of resource and for all',
    async run(ground) {
      const { scim } = ground
      const { title } = await threeOf(ground)
      const request = { schemas: [`${messages}:SearchRequest`], filter: `title eq "${title}"`, count: 2 }
      for (const path of ['/Users/.search', '/.search']) {
        const list = ok(await scim.post(path, { ...request, attributes: ['userName'], sortBy: 'userName' }))
        assert.deepEqual([list.schemas, list.totalResults], [[`${messages}:ListResponse`], 3], path)
        assert.equal(list.Resources.length, 2)
      }
      refusedBy(await scim.post('/Users/.search', { ...request, schemas: ['urn:other'] }), 400)
      refusedBy(await scim.post('/.search', { ...request, filter: 'title zz "x"' }), 400, 'invalidFilter')
      const groups = ok(await scim.post('/.search', { ...request, filter: 'meta.resourceType eq "Group"' }))
      for (const { meta } of groups.Resources ?? []) assert.equal(meta.resourceType, 'Group')
    },
  },
]
