import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listReferences, orderOperations, resolveReferences } from './bulk-references.ts'
import { bulkSchema, mostBulkOperations, parseBulkRequest } from './bulk-request.ts'
import type { Json } from './schema.ts'

const create = (at: number, bulkId: string, ...references: string[]) => ({ at, bulkId, isCreate: true, references })
const order = (...operations: Parameters<typeof orderOperations>[0]) =>
  orderOperations(operations).map(({ at, isPartial }) => (isPartial ? `${at} partly` : String(at)))

test('what others refer to comes first, and a circle begins with a part', () => {
  assert.deepEqual(order(create(0, 'a'), create(1, 'b')), ['0', '1'])
  assert.deepEqual(order(create(0, 'group', 'user'), create(1, 'user')), ['1', '0'])
  assert.deepEqual(order(create(0, 'a', 'b'), create(1, 'b', 'a')), ['0 partly', '1'])
  assert.deepEqual(order(create(0, 'a', 'a')), ['0 partly'])
  assert.deepEqual(order(create(0, 'a', 'b'), create(1, 'b', 'c'), create(2, 'c', 'a')), ['0 partly', '2', '1'])
  assert.deepEqual(order(create(0, 'a', 'never')), ['0'])
  const circle = Array.from({ length: 1000 }, (_, at) => create(at, `o${at}`, `o${(at + 1) % 1000}`))
  assert.equal(orderOperations(circle).length, 1000)
})

test('references are found and replaced wherever they stand', () => {
  const data = { members: [{ value: 'bulkId:u' }, { value: 'bulkId:v' }, { value: 'usr_1' }], x: 'bulkId:w' }
  assert.deepEqual(listReferences({ path: '/Groups/bulkId:g', data }), ['g', 'u', 'v', 'w'])
  const resolved = resolveReferences(
    { path: '/Groups/bulkId:g', data },
    new Map([
      ['g', 'grp_1'],
      ['u', 'usr_2'],
    ]),
  )
  assert.equal(resolved.path, '/Groups/grp_1')
  assert.deepEqual(JSON.parse(JSON.stringify(resolved.data)), {
    members: [{ value: 'usr_2' }, { value: 'usr_1' }],
    x: null,
  })
  let deep: Json = 'bulkId:u'
  for (let depth = 0; depth < 5000; depth += 1) deep = [deep]
  assert.throws(() => listReferences({ path: '/Users', data: deep }), { scimType: 'invalidSyntax' })
})

test('a job that is none is refused as a whole, an operation that is none by itself', () => {
  const job = (Operations: Json, more: { [name: string]: Json } = {}) =>
    parseBulkRequest({ schemas: [bulkSchema], Operations, ...more })
  assert.throws(() => parseBulkRequest({ Operations: [] }), { scimType: 'invalidSyntax' })
  assert.throws(() => job('all'), { scimType: 'invalidSyntax' })
  assert.throws(() => job([], { failOnErrors: 0 }), { scimType: 'invalidValue' })
  assert.throws(() => job(Array.from({ length: mostBulkOperations + 1 }, () => ({}))), { status: 413 })
  const fine = { method: 'post', path: '/Users', bulkId: 'a', data: {} }
  const { operations } = job([
    fine,
    fine,
    { ...fine, bulkId: 'b', path: '/Users/../Groups' },
    { method: 'POST', path: '/Users' },
    'x',
  ])
  assert.deepEqual(
    operations.map((operation) => ('scimType' in operation ? operation.scimType : operation.method)),
    ['POST', 'invalidValue', 'invalidPath', 'invalidSyntax', 'invalidSyntax'],
  )
})
