import { recordEvent } from '../../audit/record.ts'
import { orUniqueViolation, type Tx } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import { foldAddress } from '../../identity/fold-address.ts'
import { changeManagedPerson } from '../../identity/managed-people.ts'
import { applyPatch } from '../../protocols/scim/apply-patch.ts'
import { listsEntityTag } from '../../protocols/scim/entity-tag.ts'
import type { PatchOperation } from '../../protocols/scim/patch-request.ts'
import type { JsonObject } from '../../protocols/scim/schema.ts'
import { ScimError } from '../../protocols/scim/scim-error.ts'
import { userType } from '../../protocols/scim/user-schema.ts'
import { endByDirectory, inviteAtNewAddress, takeBackByDirectory } from './change-access.ts'
import { checkAddress } from './check-address.ts'
import { type PersonAttributes, readPerson } from './person-attributes.ts'
import { readResource, userTag } from './render-user.ts'
import type { ScimRequest } from './scim-parts.ts'
import { findScimUser, isId, type ScimUser } from './scim-rows.ts'
import { writeScim } from './write-scim.ts'

export const notHere = (id: string): ScimError => new ScimError(404, `There is no resource ${id.slice(0, 100)}.`)

/** @throws ScimError 412 where the caller expects another representation, RFC 7644 §3.14 */
export function checkMatch(ifMatch: string | undefined, tag: string): void {
  if (ifMatch !== undefined && !listsEntityTag(ifMatch, tag))
    throw new ScimError(412, 'The resource was changed meanwhile. Read it again.')
}

/** RFC 7644 §3.5.1: everything it says replaces what was said before. `active` left out changes nothing. */
export const replaceScimUser = (
  request: ScimRequest,
  wanted: { id: string; ifMatch: string | undefined; resource: JsonObject },
): Promise<ScimUser> => change(request, wanted, () => wanted.resource)

/** RFC 7644 §3.5.2. All of it or nothing. */
export const patchScimUser = (
  request: ScimRequest,
  wanted: { id: string; ifMatch: string | undefined; operations: readonly PatchOperation[] },
): Promise<ScimUser> => change(request, wanted, (user) => applyPatch(userType, readResource(user), wanted.operations))

async function change(
  asked: ScimRequest,
  { id, ifMatch }: { id: string; ifMatch: string | undefined },
  changed: (user: ScimUser) => JsonObject,
): Promise<ScimUser> {
  let isOut = false
  try {
    return await writeScim(asked, async (tx, request) => {
      isOut = false
      const user = await lockScimUser(tx, request, id)
      checkMatch(ifMatch, userTag(user))
      const resource = changed(user)
      isOut = resource['active'] === false
      const at = request.now()
      const person = readPerson(resource, user.attributes)
      if (isChanged(user, person)) await keep(tx, request, user, person, at)
      if (person.isWanted !== undefined) await settleAccess(tx, request, user, person.isWanted, at)
      return (await findScimUser(tx, request.connection.id, id)) ?? user
    })
  } catch (error) {
    // Whatever else it says that is not taken, or is somebody else's: that they are not to come in any more is.
    if (isOut && error instanceof ScimError) await letOut(asked, id)
    throw error
  }
}

const letOut = (asked: ScimRequest, id: string): Promise<void> =>
  writeScim(asked, async (tx, request) => {
    const user = await lockScimUser(tx, request, id)
    await tx.updateTable('scimUser').set({ isWanted: 0 }).where('userId', '=', user.userId).execute()
    await settleAccess(tx, request, user, false, request.now())
  })

/** The row first: two changes of one person come one after the other. @throws ScimError 404 */
export async function lockScimUser(tx: Tx<TableName>, { connection }: ScimRequest, id: string): Promise<ScimUser> {
  if (!isId(id)) throw notHere(id)
  await tx
    .updateTable('scimUser')
    .set((eb) => ({ revision: eb.ref('revision') }))
    .where('userId', '=', id as ScimUser['userId'])
    .where('connectionId', '=', connection.id)
    .execute()
  const user = await findScimUser(tx, connection.id, id)
  if (user === undefined) throw notHere(id)
  return user
}

function isChanged(user: ScimUser, person: PersonAttributes): boolean {
  const isWanted = person.isWanted === undefined ? user.isWanted : Number(person.isWanted)
  return (
    user.userName !== person.userName ||
    user.externalId !== person.externalId ||
    user.attributes !== person.attributes ||
    user.isWanted !== isWanted
  )
}

async function keep(
  tx: Tx<TableName>,
  request: ScimRequest,
  user: ScimUser,
  person: PersonAttributes,
  at: number,
): Promise<void> {
  const { connection } = request
  if (person.userNameKey !== user.userNameKey) await checkNameFree(tx, request, person)
  const isMoved = foldAddress(person.email) !== foldAddress(user.email)
  const addressKey = isMoved ? (await checkAddress(tx, request, person, user.userId)).addressKey : user.addressKey
  await orUniqueViolation(
    tx
      .updateTable('scimUser')
      .set((eb) => ({
        externalId: person.externalId,
        userName: person.userName,
        userNameKey: person.userNameKey,
        addressKey,
        ...(person.isWanted === undefined ? {} : { isWanted: person.isWanted ? 1 : 0 }),
        revision: eb('revision', '+', 1),
        attributes: person.attributes,
        updatedAt: at,
      }))
      .where('userId', '=', user.userId)
      .execute(),
  )
  await changeManagedPerson(tx, { id: user.userId, displayName: user.shownName, email: user.email }, person, at)
  if (isMoved) await inviteAtNewAddress(tx, request, { userId: user.userId, at })
  await recordEvent(tx, {
    action: 'directory.user-changed',
    actor: null,
    target: { kind: 'user', id: user.userId },
    facts: { person: user.username, connection: connection.name },
    personal: { displayName: person.displayName, email: person.email },
    at,
  })
}

/** @throws ScimError 409: another's name, also a deleted one's, is never given to somebody who is here */
async function checkNameFree(
  tx: Tx<TableName>,
  { connection }: ScimRequest,
  { userName, userNameKey }: PersonAttributes,
): Promise<void> {
  const held = await tx
    .selectFrom('scimUser')
    .select('userId')
    .where('connectionId', '=', connection.id)
    .where('userNameKey', '=', userNameKey)
    .executeTakeFirst()
  if (held !== undefined)
    throw new ScimError(409, `There is, or was, another user ${userName}. Give this one another name.`, 'uniqueness')
}

async function settleAccess(
  tx: Tx<TableName>,
  request: ScimRequest,
  { userId, state }: ScimUser,
  isWanted: boolean,
  at: number,
): Promise<void> {
  if (!isWanted) await endByDirectory(tx, request, { userId, cause: 'scim', at })
  else if (state === 'ended') await takeBackByDirectory(tx, request, { userId, at })
}
