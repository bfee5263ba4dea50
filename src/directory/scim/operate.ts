import { patchScimUser, replaceScimUser } from './change-user.ts'
import { createScimUser } from './create-user.ts'
import { deleteScimUser } from './delete-user.ts'
import { patchScimGroup, replaceScimGroup } from './change-group.ts'
import { createScimGroup } from './create-group.ts'
import { deleteScimGroup } from './delete-group.ts'
import { groupTag, type ScimGroup } from './group-rows.ts'
import { userTag } from './render-user.ts'
import type { ScimRequest } from './scim-parts.ts'
import type { ScimUser } from './scim-rows.ts'
import { groupType } from '../../protocols/scim/group-schema.ts'
import { parsePatchRequest } from '../../protocols/scim/patch-request.ts'
import { parseResource } from '../../protocols/scim/parse-resource.ts'
import type { Json } from '../../protocols/scim/schema.ts'
import { ScimError } from '../../protocols/scim/scim-error.ts'
import { userType } from '../../protocols/scim/user-schema.ts'

export interface Operation {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  endpoint: 'Users' | 'Groups'
  id: string | undefined
  ifMatch: string | undefined
  body: Json | undefined
}

/** What became of a resource. `held` is undefined where it is gone. */
export interface Outcome {
  status: 200 | 201 | 204
  location: string
  tag: string | undefined
  held: { endpoint: 'Users'; user: ScimUser } | { endpoint: 'Groups'; group: ScimGroup } | undefined
}

/** The one way in which a directory changes anything, alone or within a bulk job. @throws ScimError */
export function operate(request: ScimRequest, operation: Operation): Promise<Outcome> {
  return operation.endpoint === 'Users' ? operateUser(request, operation) : operateGroup(request, operation)
}

async function operateUser(request: ScimRequest, { method, id, ifMatch, body }: Operation): Promise<Outcome> {
  const held = (user: ScimUser, status: 200 | 201): Outcome => ({
    status,
    location: `${request.base}/Users/${user.userId}`,
    tag: userTag(user),
    held: { endpoint: 'Users', user },
  })
  if (method === 'POST') return held(await createScimUser(request, parseResource(userType, body)), 201)
  const wanted = { id: needed(id), ifMatch }
  if (method === 'PUT')
    return held(await replaceScimUser(request, { ...wanted, resource: parseResource(userType, body) }), 200)
  if (method === 'PATCH')
    return held(await patchScimUser(request, { ...wanted, operations: parsePatchRequest(body) }), 200)
  await deleteScimUser(request, wanted)
  return gone(`${request.base}/Users/${wanted.id}`)
}

async function operateGroup(request: ScimRequest, { method, id, ifMatch, body }: Operation): Promise<Outcome> {
  const held = (group: ScimGroup, status: 200 | 201): Outcome => ({
    status,
    location: `${request.base}/Groups/${group.groupId}`,
    tag: groupTag(group),
    held: { endpoint: 'Groups', group },
  })
  if (method === 'POST') return held(await createScimGroup(request, parseResource(groupType, body)), 201)
  const wanted = { id: needed(id), ifMatch }
  if (method === 'PUT')
    return held(await replaceScimGroup(request, { ...wanted, resource: parseResource(groupType, body) }), 200)
  if (method === 'PATCH')
    return held(await patchScimGroup(request, { ...wanted, operations: parsePatchRequest(body) }), 200)
  await deleteScimGroup(request, wanted)
  return gone(`${request.base}/Groups/${wanted.id}`)
}

const gone = (location: string): Outcome => ({ status: 204, location, tag: undefined, held: undefined })

function needed(id: string | undefined): string {
  if (id === undefined) throw new ScimError(404, 'This takes the id of a resource.')
  return id
}
