import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listsEntityTag, renderEntityTag } from './entity-tag.ts'
import { parseListCursor, renderListCursor } from './list-cursor.ts'
import { parseListQuery, parseSearchRequest, searchSchema, sortingOf } from './list-request.ts'
import { parseProjection } from './projection.ts'
import { sortResources } from './sort-resources.ts'
import type { JsonObject } from './schema.ts'
import { enterpriseUserSchema, userType } from './user-schema.ts'

const ana: JsonObject = {
  schemas: ['x'],
  id: 'usr_1',
  userName: 'ana',
  name: { givenName: 'Ana', familyName: 'Example' },
  emails: [{ value: 'a@b.example', type: 'work' }],
  [enterpriseUserSchema.id]: { department: 'Ledger', costCenter: '1' },
}

test('only what is asked for is returned, and what is always', () => {
  const of = (attributes?: string, excludedAttributes?: string): unknown =>
    JSON.parse(JSON.stringify(parseProjection(userType, { attributes, excludedAttributes }).apply(ana)))
  assert.deepEqual(of('USERNAME'), { userName: 'ana', schemas: ['x'], id: 'usr_1' })
  assert.deepEqual(of('name.givenName,emails.value,nothing,__proto__'), {
    name: { givenName: 'Ana' },
    emails: [{ value: 'a@b.example' }],
    schemas: ['x'],
    id: 'usr_1',
  })
  assert.deepEqual(of(`${enterpriseUserSchema.id}:department`), {
    [enterpriseUserSchema.id]: { department: 'Ledger' },
    schemas: ['x'],
    id: 'usr_1',
  })
  const { id, schemas, userName, emails } = ana
  assert.deepEqual(of(undefined, `id,schemas,name,emails.type,${enterpriseUserSchema.id}:costCenter`), {
    id,
    schemas,
    userName,
    emails: [{ value: 'a@b.example' }],
    [enterpriseUserSchema.id]: { department: 'Ledger' },
  })
  assert.ok(emails !== undefined && ana['name'] !== undefined, 'what was given stays as it was')
})

test('order is by type and case, and what has no value comes last', () => {
  const resources: JsonObject[] = [
    { userName: 'b', emails: [{ value: 'z' }, { value: 'a', primary: true }] },
    { userName: 'C' },
    { userName: 'a', emails: [{ value: 'm' }] },
  ]
  const by = (sortBy: string, sortOrder = 'ascending'): unknown[] => {
    const sorting = sortingOf(userType, parseListQuery({ sortBy, sortOrder }))
    assert.ok(sorting)
    return sortResources(resources, sorting).map(({ userName }) => userName)
  }
  assert.deepEqual(by('userName'), ['a', 'b', 'C'])
  assert.deepEqual(by('userName', 'Descending'), ['C', 'b', 'a'])
  assert.deepEqual(by('emails'), ['b', 'a', 'C'])
  assert.deepEqual(by('emails.value', 'descending'), ['C', 'a', 'b'])
})

test('numbers of a list are brought to what they can be', () => {
  const paging = ({ startIndex, count }: ReturnType<typeof parseListQuery>) => [startIndex, count]
  assert.deepEqual(paging(parseListQuery({})), [1, 100])
  assert.deepEqual(paging(parseListQuery({ startindex: '-5', COUNT: '-1' })), [1, 0])
  assert.deepEqual(paging(parseListQuery({ startIndex: '7', count: '1000000' })), [7, 1000])
  assert.deepEqual(paging(parseSearchRequest({ schemas: [searchSchema], StartIndex: 3, count: 2 })), [3, 2])
  assert.throws(() => parseListQuery({ count: 'many' }), { scimType: 'invalidCount' })
  assert.throws(() => parseListQuery({ startIndex: '1.5' }), { scimType: 'invalidValue' })
  assert.throws(() => parseListQuery({ filter: ['a', 'b'] }), { scimType: 'invalidValue' })
  assert.throws(() => parseListQuery({ sortOrder: 'up' }), { scimType: 'invalidValue' })
  assert.throws(() => parseSearchRequest({ schemas: [] }), { scimType: 'invalidSyntax' })
})

test('a cursor leads on in its own list, and in no other', () => {
  const request = parseListQuery({ cursor: '', sortBy: 'userName' })
  assert.equal(parseListCursor(request, renderListCursor(request, 5)), 5)
  assert.equal(parseListCursor(request, renderListCursor(request, '1 usr_a')), '1 usr_a')
  const other = parseListQuery({ cursor: '', filter: 'userName pr' })
  for (const cursor of [renderListCursor(other, 5), 'nonsense', '', renderListCursor(request, -1)])
    assert.throws(() => parseListCursor(request, cursor), { scimType: 'invalidCursor' })
})

test('entity tags are compared weakly, one by one', () => {
  const tag = renderEntityTag(7)
  assert.equal(tag, 'W/"7"')
  for (const header of ['W/"7"', '"7"', '*', '"1", W/"7"']) assert.ok(listsEntityTag(header, tag), header)
  for (const header of ['W/"8"', '7', '"77"', '']) assert.ok(!listsEntityTag(header, tag), header)
})
