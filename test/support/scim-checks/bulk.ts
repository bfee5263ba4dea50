import assert from 'node:assert/strict'
import { type Json, messages, newGroup, newUser, ok, refusedBy, type ScimAnswer, type ScimClient } from '../scim.ts'
import type { Check } from './check.ts'

export const bulkRequest = (operations: unknown[], more: Record<string, unknown> = {}): Record<string, unknown> => ({
  schemas: [`${messages}:BulkRequest`],
  ...more,
  Operations: operations,
})
const send = (scim: ScimClient, operations: unknown[], more: Record<string, unknown> = {}): Promise<ScimAnswer> =>
  scim.post('/Bulk', bulkRequest(operations, more))
const statuses = (body: Json): string[] => body.Operations.map(({ status }) => status)
const idOf = (location: string): string => location.split('/').at(-1) ?? ''

/** Many operations in one request: RFC 7644 §3.7. */
export const bulk: Check[] = [
  {
    covers: [
      'RFC7644-3.7-L2775',
      'RFC7644-3.7-L2789',
      'RFC7644-3.7.3-L3201',
      'RFC7644-3.7.3-L3206',
      'RFC7644-3.7-L2796',
    ],
    title: 'bulk is 200 with the outcome of each operation, new ones under their bulkId',
    async run({ scim, fresh }) {
      const user = await scim.makeUser(fresh())
      const answer = ok(
        await send(scim, [
          { method: 'POST', path: '/Users', bulkId: 'ytrewq', data: newUser(fresh()) },
          { method: 'POST', path: '/Groups', bulkId: 'qwerty', data: newGroup(fresh('group'), ['bulkId:ytrewq']) },
          { method: 'PUT', path: `/Users/${user.id}`, data: { ...user, title: 'In bulk' } },
          {
            method: 'PATCH',
            path: `/Users/${user.id}`,
            data: { schemas: [`${messages}:PatchOp`], Operations: [{ op: 'add', path: 'nickName', value: 'B' }] },
          },
          { method: 'DELETE', path: `/Users/${user.id}` },
        ]),
      )
      assert.deepEqual(answer.schemas, [`${messages}:BulkResponse`])
      assert.deepEqual(statuses(answer), ['201', '201', '200', '200', '204'])
      assert.deepEqual(
        answer.Operations.slice(0, 2).map(({ bulkId }) => bulkId),
        ['ytrewq', 'qwerty'],
      )
      const [made, group] = answer.Operations
      const { members } = ok(await scim.get(group.location))
      assert.deepEqual(
        members.map(({ value }) => value),
        [idOf(made.location)],
      )
      refusedBy(await scim.get(`/Users/${user.id}`), 404)
    },
  },
  {
    covers: ['RFC7644-3.7-L2779'],
    title: 'it goes on after failures, up to failOnErrors',
    async run({ scim, fresh }) {
      const taken = await scim.makeUser(fresh())
      const make = (userName: string, bulkId: string) => ({
        method: 'POST',
        path: '/Users',
        bulkId,
        data: newUser(userName),
      })
      const names = [fresh(), fresh(), fresh(), fresh()] as const
      const all = ok(await send(scim, [make(names[0], 'a'), make(taken.userName, 'b'), make(names[1], 'c')]))
      assert.deepEqual(statuses(all), ['201', '409', '201'])
      assert.equal(all.Operations[1].response.scimType, 'uniqueness')
      const stopped = ok(
        await send(
          scim,
          [make(taken.userName, 'a'), make(names[2], 'b'), make(taken.userName, 'c'), make(names[3], 'd')],
          {
            failOnErrors: 2,
          },
        ),
      )
      assert.deepEqual(statuses(stopped), ['409', '201', '409'])
      assert.equal(ok(await scim.find('Users', `userName eq "${names[3]}"`)).totalResults, 0)
    },
  },
  {
    covers: ['RFC7644-3.7.1-L2814'],
    title: 'operations may refer to each other in any order, and groups to each other in a circle without an end',
    async run({ scim, fresh }) {
      const forward = ok(
        await send(scim, [
          { method: 'POST', path: '/Groups', bulkId: 'g', data: newGroup(fresh('group'), ['bulkId:u']) },
          { method: 'POST', path: '/Users', bulkId: 'u', data: newUser(fresh()) },
        ]),
      )
      const of = (id: string): Json => forward.Operations.find(({ bulkId }) => bulkId === id) ?? assert.fail(id)
      assert.deepEqual([of('u').status, of('g').status], ['201', '201'], JSON.stringify(of('g')))
      assert.equal(ok(await scim.get(of('g').location)).members[0].value, idOf(of('u').location))
      const circle = ok(
        await send(scim, [
          { method: 'POST', path: '/Groups', bulkId: 'a', data: newGroup(fresh('group'), ['bulkId:b']) },
          { method: 'POST', path: '/Groups', bulkId: 'b', data: newGroup(fresh('group'), ['bulkId:a']) },
        ]),
      )
      assert.equal(circle.Operations.length, 2)
      for (const { status } of circle.Operations) assert.match(status, /^(?:201|400|409)$/)
      const unknown = ok(
        await send(scim, [{ method: 'POST', path: '/Groups', bulkId: 'a', data: newGroup(fresh('g'), ['bulkId:no']) }]),
      )
      assert.match(statuses(unknown)[0] ?? '', /^4\d\d$/)
    },
  },
  {
    covers: ['RFC7644-3.7.4-L3499'],
    title: 'more operations or bytes than are said to be taken: 413, and nothing of it is done',
    async run({ scim, fresh }) {
      const { bulk: limits } = ok(await scim.get('/ServiceProviderConfig'))
      const userName = fresh()
      const many = Array.from({ length: limits.maxOperations + 1 }, (_, at) => ({
        method: 'POST',
        path: '/Users',
        bulkId: `b${at}`,
        data: newUser(at === 0 ? userName : fresh()),
      }))
      refusedBy(await send(scim, many), 413)
      const big = bulkRequest([
        {
          method: 'POST',
          path: '/Users',
          bulkId: 'b',
          data: newUser(userName, { title: 'x'.repeat(limits.maxPayloadSize) }),
        },
      ])
      refusedBy(await scim.post('/Bulk', big), 413)
      assert.equal(ok(await scim.find('Users', `userName eq "${userName}"`)).totalResults, 0)
    },
  },
  {
    covers: [],
    title: 'what is no bulk operation is refused by itself',
    async run({ scim, fresh }) {
      const data = newUser(fresh())
      const wrong = [
        { method: 'GET', path: '/Users' },
        { method: 'POST', path: '/Users', data },
        { method: 'POST', path: '/Schemas', bulkId: 'x', data },
        { method: 'POST', path: '/../api/v1/people', bulkId: 'x', data },
        { method: 'POST', path: '/Bulk', bulkId: 'x', data: bulkRequest([]) },
        { method: 'DELETE', path: '/Users' },
        { path: '/Users' },
      ]
      const answer = await send(scim, wrong)
      if (answer.status !== 200) return refusedBy(answer, 400)
      for (const status of statuses(answer.body)) assert.match(status, /^4\d\d$/)
      refusedBy(await scim.post('/Bulk', { Operations: [] }), 400)
    },
  },
]
