import { randomBytes } from 'node:crypto'
import { orUniqueViolation, UniqueViolation, type Db, type Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import { prepared } from '../database/prepared.ts'
import type { OrganisationRole, UserTable } from '../database/schema.ts'
import { ProblemError } from '../http/problem.ts'
import { recordFirstAddress } from './account-addresses.ts'

export type User = UserTable

export interface NewUser {
  /** A person unless told. */
  kind?: 'person' | 'agent' | 'system'
  /** For an agent, who answers for it. */
  ownerId?: Id<'usr'>
  username: string
  displayName: string
  email: string
  role: OrganisationRole
  createdBy: Id<'usr'> | null
  /** For a guest: when access ends by itself, and who answers for them. */
  endsAt?: number | null
  sponsorId?: Id<'usr'> | null
  /** The directory connection or domain that manages them. */
  managedBy?: string | null
  at: number
  isDemo?: boolean
  /** base64url of 32 random bytes; made here unless a ceremony already showed one to the authenticator. */
  webauthnHandle?: string
}

// Names that a person would take for the product itself, or that paths need.
const reserved = new Set([
  'admin',
  'administrator',
  'root',
  'system',
  'postern',
  'git',
  'api',
  'server',
  'support',
  'security',
  'everyone',
  'nobody',
  // Pages and answers beside those of a person.
  'counts',
  'import',
  'invitations',
  'passwords',
])

/** @throws 409 when the name is or was somebody's: names are never given twice */
export async function createUser(tx: Tx<'user' | 'accountAddress'>, wanted: NewUser): Promise<User> {
  if (reserved.has(wanted.username)) throw usernameTaken(wanted.username)
  const user: User = {
    id: newId('usr'),
    kind: wanted.kind ?? 'person',
    username: wanted.username,
    displayName: plain(wanted.displayName),
    email: wanted.email,
    emailVerifiedAt: null,
    webauthnHandle: wanted.webauthnHandle ?? newWebauthnHandle(),
    role: wanted.role,
    baseRole: null,
    state: 'active',
    generation: 1,
    isDemo: wanted.isDemo === true ? 1 : 0,
    createdAt: wanted.at,
    createdBy: wanted.createdBy,
    ownerId: wanted.ownerId ?? null,
    endsAt: wanted.endsAt ?? null,
    sponsorId: wanted.sponsorId ?? null,
    managedBy: wanted.managedBy ?? null,
  }
  try {
    await orUniqueViolation(insertUser(tx, user))
  } catch (error) {
    if (error instanceof UniqueViolation) throw usernameTaken(wanted.username)
    throw error
  }
  // Who sets the instance up says who they are; nobody else begins as an owner.
  const isVouchedFor = user.createdBy !== null || user.managedBy !== null || user.role === 'owner'
  if (user.kind === 'person') await recordFirstAddress(tx, user, isVouchedFor ? wanted.at : null)
  return user
}

const insertUser = prepared((tx: Tx<'user'>, row: User) => tx.insertInto('user').values(row))

/** @throws 409 where nobody can have this name any more */
export async function checkUsername(db: Db<'user'>, username: string): Promise<void> {
  if (reserved.has(username) || (await findUserByUsername(db, username)) !== undefined) throw usernameTaken(username)
}

export const newWebauthnHandle = (): string => randomBytes(32).toString('base64url')

const usernameTaken = (username: string): ProblemError =>
  new ProblemError(409, 'username-taken', `The name ${username} is taken.`, {
    help: 'Choose another one.',
    fields: { username: 'is taken' },
  })

export const isReserved = (username: string): boolean => reserved.has(username)

// Names end up in commits, terminals and pages: nothing in them may hide or reorder text.
export const plain = (name: string): string => name.replaceAll(/[\p{Cc}\p{Cf}<>]/gu, '').trim() || 'Unnamed'

/** A person or an agent. What comes into a repository by itself has no name that anybody could call it by. */
export const findUserByUsername = (db: Db<'user'>, username: string): Promise<User | undefined> =>
  db.selectFrom('user').selectAll().where('username', '=', username).where('kind', '!=', 'system').executeTakeFirst()

export const findUserById = (db: Db<'user'>, id: Id<'usr'>): Promise<User | undefined> =>
  db.selectFrom('user').selectAll().where('id', '=', id).executeTakeFirst()

export interface PersonRef {
  id: string
  username: string
  displayName: string
}

/** Names for a list of ids, each asked once. Unknown ids are left out. */
export async function listPersonRefs(db: Db<'user'>, ids: Iterable<string | null>): Promise<Map<string, PersonRef>> {
  const wanted = [...new Set(ids)].filter((id): id is Id<'usr'> => id !== null)
  if (wanted.length === 0) return new Map()
  const rows = await db.selectFrom('user').select(['id', 'username', 'displayName']).where('id', 'in', wanted).execute()
  return new Map(rows.map((row) => [row.id, row]))
}
