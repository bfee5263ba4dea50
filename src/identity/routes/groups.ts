import { Type } from 'typebox'
import type { Database } from '../../database/handles.ts'
import type { App } from '../../http/app.ts'
import { notFound } from '../../http/problem.ts'
import { FreeText } from '../../http/shapes.ts'
import { checkAccountScope, getCaller, getPerson } from '../caller.ts'
import { createGroup, deleteGroup, listGroups, setGroupMember } from '../groups.ts'
import type { Ceremonies } from '../registration.ts'
import { Group } from '../shapes.ts'

const GroupName = Type.String({
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9-]{1,62}$',
  description: '2–63 characters: a–z, A–Z, 0–9, -',
})
const ByName = Type.Object({ name: Type.String() })
const Membership = Type.Object({ name: Type.String(), username: Type.String() })

export function groupRoutes(
  app: App,
  { ceremonies, forgetGroupGrants }: { ceremonies: Ceremonies; forgetGroupGrants: Parameters<typeof deleteGroup>[4] },
): void {
  const { database, now } = ceremonies

  app.get('/api/v1/groups', {
    config: { access: 'user' },
    schema: { response: { 200: Type.Object({ items: Type.Array(Group) }) } },
    async handler(request) {
      checkAccountScope(getCaller(request))
      return { items: await listGroups(database.read) }
    },
  })

  app.post('/api/v1/groups', {
    config: { access: 'organisation:admin' },
    schema: {
      body: Type.Object({ name: GroupName, description: FreeText(500) }),
      response: { 200: Group },
    },
    async handler(request) {
      await createGroup(database, getPerson(request), request.body, now())
      return getListed(database, request.body.name)
    },
  })

  app.delete('/api/v1/groups/:name', {
    config: { access: 'organisation:admin' },
    schema: { params: ByName, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await deleteGroup(database, getPerson(request), request.params.name, now(), forgetGroupGrants)
      return reply.code(204).send(null)
    },
  })

  for (const method of ['PUT', 'DELETE'] as const)
    app.route({
      method,
      url: '/api/v1/groups/:name/members/:username',
      config: { access: 'organisation:admin' },
      schema: { params: Membership, response: { 200: Group } },
      async handler(request) {
        const { name, username } = request.params
        await setGroupMember(database, getPerson(request), { group: name, username, isMember: method === 'PUT' }, now())
        return getListed(database, name)
      },
    })
}

async function getListed(database: Database, name: string) {
  const group = (await listGroups(database.read)).find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (group === undefined) throw notFound('This group')
  return group
}
