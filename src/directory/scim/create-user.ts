import { recordEvent } from '../../audit/record.ts'
import { orUniqueViolation, type Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { prepared } from '../../database/prepared.ts'
import type { ScimUserTable, TableName } from '../../database/schema.ts'
import { changeManagedPerson, handOver } from '../../identity/managed-people.ts'
import { recomputeRole } from '../../identity/recompute-role.ts'
import { createUser, type User } from '../../identity/users.ts'
import { foldCase } from '../../protocols/scim/fold-case.ts'
import type { JsonObject } from '../../protocols/scim/schema.ts'
import { ScimError } from '../../protocols/scim/scim-error.ts'
import { endByDirectory, takeBackByDirectory } from './change-access.ts'
import { type AddressJudgement, checkAddress } from './check-address.ts'
import { deriveUsername } from './derive-username.ts'
import { type PersonAttributes, readPerson } from './person-attributes.ts'
import type { ScimRequest } from './scim-parts.ts'
import { findScimUser, findScimUserByName, type ScimUser } from './scim-rows.ts'
import { writeScim } from './write-scim.ts'

/**
 * A person whom the directory brings, RFC 7644 §3.3: a new account, one that its domain has claimed, or the one they had
 * before the directory deleted them. With `active` false for somebody who is here their access ends all the same.
 * @throws ScimError 409 `uniqueness`
 */
export async function createScimUser(asked: ScimRequest, resource: JsonObject): Promise<ScimUser> {
  const person = readPerson(resource)
  const outcome = await writeScim(asked, async (tx, request) => {
    const at = request.now()
    const known = await findScimUserByName(tx, request.connection.id, person.userNameKey)
    if (known !== undefined && known.deletedAt === null) {
      if (person.isWanted === false) await endKnown(tx, request, known, at)
      return new ScimError(409, `There is already a user ${person.userName}. Give this one another name.`, 'uniqueness')
    }
    const former = known === undefined || isSomebodyElse(known, person) ? undefined : known
    if (known !== undefined && former === undefined) await freeName(tx, known)
    const judged = await checkAddress(tx, request, person, former?.userId)
    if (former === undefined) return bring(tx, request, person, judged, at)
    return bringAgain(tx, request, person, judged, former, at)
  })
  if (outcome instanceof ScimError) throw outcome
  return outcome
}

async function endKnown(tx: Tx<TableName>, request: ScimRequest, known: ScimUser, at: number): Promise<void> {
  await tx.updateTable('scimUser').set({ isWanted: 0 }).where('userId', '=', known.userId).execute()
  await endByDirectory(tx, request, { ...known, cause: 'scim', at })
}

/** The directory's own word that this is another person who happens to have the name now. */
const isSomebodyElse = (known: ScimUser, { externalId }: PersonAttributes): boolean =>
  known.managedBy !== known.connectionId ||
  (known.externalId !== null && externalId !== null && known.externalId !== externalId)

/** The row stays with its account; nobody can be called so. */
const freeName = (tx: Tx<TableName>, { userId }: ScimUser): Promise<unknown> =>
  tx
    .updateTable('scimUser')
    .set({ userNameKey: foldCase(`deleted ${userId}`), addressKey: null })
    .where('userId', '=', userId)
    .execute()

async function bring(
  tx: Tx<TableName>,
  request: ScimRequest,
  person: PersonAttributes,
  { adopts, addressKey }: AddressJudgement,
  at: number,
): Promise<ScimUser> {
  const { connection } = request
  const user =
    adopts === undefined ? await makeAccount(tx, request, person, at) : await adopt(tx, request, person, adopts)
  const row: ScimUserTable = {
    userId: user.id,
    connectionId: connection.id,
    externalId: person.externalId,
    userName: person.userName,
    userNameKey: person.userNameKey,
    addressKey,
    isWanted: person.isWanted === false ? 0 : 1,
    revision: 1,
    attributes: person.attributes,
    createdAt: at,
    updatedAt: at,
    deletedAt: null,
  }
  await orUniqueViolation(insertScimUser(tx, row))
  await recordEvent(tx, {
    action: 'directory.user-created',
    actor: null,
    target: { kind: 'user', id: user.id },
    facts: { person: user.username, connection: connection.name, ...(adopts === undefined ? {} : { adopted: 'yes' }) },
    personal: { displayName: person.displayName, email: person.email },
    at,
  })
  const isOut = person.isWanted === false
  // Nobody who comes to be is in a group yet: they wait for the one they need. An account of before goes on until it
  // leaves that group.
  const isWaiting = adopts === undefined && connection.requiredGroupId !== null
  if (isOut || isWaiting)
    await endByDirectory(tx, request, { userId: user.id, cause: isOut ? 'scim' : 'not-in-group', at })
  else if (adopts === undefined) await request.invite(tx, user, { connection: connection.name, at })
  // Read again only where it is not known: a first sync brings thousands.
  if (adopts !== undefined || isOut || isWaiting) return getScimUser(tx, request, user.id)
  const { username, state, role, email, managedBy, displayName } = user
  return { ...row, username, state, role, email, managedBy, shownName: displayName }
}

const insertScimUser = prepared((tx: Tx<'scimUser'>, row: ScimUserTable) => tx.insertInto('scimUser').values(row))

const makeAccount = async (
  tx: Tx<TableName>,
  { connection }: ScimRequest,
  { userName, displayName, email }: PersonAttributes,
  at: number,
): Promise<User> =>
  createUser(tx, {
    username: await deriveUsername(tx, userName),
    displayName,
    email,
    role: 'member',
    createdBy: null,
    managedBy: connection.id,
    at,
  })

async function adopt(tx: Tx<TableName>, request: ScimRequest, person: PersonAttributes, user: User): Promise<User> {
  // What a connection that is over knew of them.
  await tx.deleteFrom('scimUser').where('userId', '=', user.id).execute()
  if (user.managedBy === null || !(await handOver(tx, user.id, user.managedBy, request.connection.id)))
    throw new ScimError(
      409,
      'Somebody else manages the account with this address by now. Ask an owner who should.',
      'uniqueness',
    )
  await changeManagedPerson(tx, user, person, request.now())
  await recomputeRole(tx, user.id)
  return user
}

async function bringAgain(
  tx: Tx<TableName>,
  request: ScimRequest,
  person: PersonAttributes,
  { addressKey }: AddressJudgement,
  former: ScimUser,
  at: number,
): Promise<ScimUser> {
  const { userId } = former
  await orUniqueViolation(
    tx
      .updateTable('scimUser')
      .set({
        externalId: person.externalId,
        userName: person.userName,
        addressKey,
        isWanted: person.isWanted === false ? 0 : 1,
        revision: former.revision + 1,
        attributes: person.attributes,
        createdAt: at,
        updatedAt: at,
        deletedAt: null,
      })
      .where('userId', '=', userId)
      .execute(),
  )
  await changeManagedPerson(tx, { id: userId, displayName: former.shownName, email: former.email }, person, at)
  await recordEvent(tx, {
    action: 'directory.user-created',
    actor: null,
    target: { kind: 'user', id: userId },
    facts: { person: former.username, connection: request.connection.name, again: 'yes' },
    personal: { displayName: person.displayName, email: person.email },
    at,
  })
  if (person.isWanted !== false) await takeBackByDirectory(tx, request, { userId, at })
  return getScimUser(tx, request, userId)
}

async function getScimUser(tx: Tx<TableName>, { connection }: ScimRequest, id: Id<'usr'>): Promise<ScimUser> {
  const user = await findScimUser(tx, connection.id, id)
  if (user === undefined) throw new Error('a person who was just brought is not there')
  return user
}
