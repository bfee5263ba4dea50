import { type AuditActor, recordEvent } from '../../audit/record.ts'
import type { Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { UserTable } from '../../database/schema.ts'
import type { PersonRef } from '../users.ts'
import { ownPrefix } from './password-hash.ts'

/**
 * `passwords/` owns what people come in with who have no passkey yet: passwords they bring from elsewhere, the codes
 * beside them, and the way from there to a passkey. It never makes a password for anybody, and none outlives its
 * person's first passkey.
 */
export async function keepPassword(
  tx: Tx<'passwordLogin'>,
  { userId, hash, at }: { userId: Id<'usr'>; hash: string; at: number },
): Promise<void> {
  await tx.insertInto('passwordLogin').values({ userId, hash, changedAt: at, mustChange: 0, usedAt: null }).execute()
}

/** Switches passwords off for somebody, codes too, and says so. Nothing where there was none. */
export async function endPasswordLogin(
  tx: Tx<
    'passwordLogin' | 'totp' | 'session' | 'registrationLink' | 'credentialRecord' | 'auditEvent' | 'auditPersonal'
  >,
  { userId, reason, actor, at }: { userId: Id<'usr'>; reason: string; actor: AuditActor | null; at: number },
): Promise<boolean> {
  const ended = await tx.deleteFrom('passwordLogin').where('userId', '=', userId).returning('userId').execute()
  await tx.deleteFrom('totp').where('userId', '=', userId).execute()
  if (ended.length === 0) return false
  await tx
    .updateTable('session')
    .set({ endedAt: at })
    .where('userId', '=', userId)
    .where('method', '=', 'password')
    .where('endedAt', 'is', null)
    .execute()
  await tx
    .updateTable('registrationLink')
    .set({ consumedAt: at })
    .where('userId', '=', userId)
    .where('purpose', '=', 'upgrade')
    .where('consumedAt', 'is', null)
    .execute()
  await endUntested(tx, { userId, at })
  const user = await tx.selectFrom('user').select('username').where('id', '=', userId).executeTakeFirst()
  await recordEvent(tx, {
    action: 'password.ended',
    actor,
    target: { kind: 'user', id: userId },
    facts: { person: user?.username ?? '', reason },
    at,
  })
  return true
}

/** What a browser made beside a password, and nobody has tapped: it is worth no more than that password was. */
export async function endUntested(
  tx: Tx<'credentialRecord'>,
  { userId, at }: { userId: Id<'usr'>; at: number },
): Promise<void> {
  await tx
    .updateTable('credentialRecord')
    .set({ endedAt: at })
    .where('userId', '=', userId)
    .where('strengthCap', '=', untestedCap)
    .where('endedAt', 'is', null)
    .execute()
}

export interface KnownPassword extends Pick<
  UserTable,
  'id' | 'kind' | 'username' | 'displayName' | 'email' | 'role' | 'generation'
> {
  hash: string
  changedAt: number
}

const fields = [
  'user.id',
  'kind',
  'username',
  'displayName',
  'email',
  'role',
  'generation',
  'passwordLogin.hash',
  'passwordLogin.changedAt',
] as const

/**
 * Who is called so, by username or address, and has a password. An address that two of them have is nobody's: it would
 * be one's password and the other's name.
 */
export async function findByName(db: Db<'user' | 'passwordLogin'>, name: string): Promise<KnownPassword | undefined> {
  const wanted = name.trim().toLowerCase()
  const rows = await db
    .selectFrom('user')
    .innerJoin('passwordLogin', 'passwordLogin.userId', 'user.id')
    .select(fields)
    .where('state', '=', 'active')
    .where((eb) =>
      wanted.includes('@') ? eb(eb.fn<string>('lower', ['email']), '=', wanted) : eb('username', '=', wanted),
    )
    .limit(2)
    .execute()
  return rows.length === 1 ? rows[0] : undefined
}

/** Any one hash that is not of our own making yet. */
export async function findBroughtHash(db: Db<'passwordLogin'>): Promise<string | undefined> {
  const row = await db
    .selectFrom('passwordLogin')
    .select('hash')
    .where('hash', 'not like', `${ownPrefix}%`)
    .orderBy('userId')
    .limit(1)
    .executeTakeFirst()
  return row?.hash
}

export const findPassword = (db: Db<'user' | 'passwordLogin'>, userId: Id<'usr'>): Promise<KnownPassword | undefined> =>
  db
    .selectFrom('user')
    .innerJoin('passwordLogin', 'passwordLogin.userId', 'user.id')
    .select(fields)
    .where('user.id', '=', userId)
    .where('state', '=', 'active')
    .executeTakeFirst()

/** Whether somebody has a passkey that they have tapped. One that their browser made unasked is none before that. */
export async function hasPasskey(db: Db<'credentialRecord'>, userId: Id<'usr'>): Promise<boolean> {
  const found = await db
    .selectFrom('credentialRecord')
    .select('id')
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .where((eb) => eb.or([eb('strengthCap', 'is', null), eb('strengthCap', '!=', untestedCap)]))
    .limit(1)
    .execute()
  return found.length > 0
}

/**
 * What a passkey counts as that a browser made without asking (WebAuthn L3 §5.1.3, conditional create): no more than the
 * sign-in it came with, until its person has signed in with it.
 */
export const untestedCap = 'password'

export interface PasswordUser {
  person: PersonRef
  /** They have set up an app that makes codes. */
  hasCodes: boolean
  /** It was found among those that everybody tries. */
  mustChange: boolean
  /** Null: never yet. */
  usedAt: number | null
}

/** Everybody who has a password still, by name, whether a rule permits it now or not. */
export async function listPasswordUsers(db: Db<'user' | 'passwordLogin'>): Promise<PasswordUser[]> {
  const rows = await db
    .selectFrom('user')
    .innerJoin('passwordLogin', 'passwordLogin.userId', 'user.id')
    .leftJoin('totp', 'totp.userId', 'user.id')
    .select(['user.id', 'username', 'displayName', 'passwordLogin.mustChange', 'passwordLogin.usedAt'])
    .select('totp.confirmedAt')
    .where('state', '=', 'active')
    .orderBy('username')
    .execute()
  return rows.map(({ id, username, displayName, mustChange, usedAt, confirmedAt }) => ({
    person: { id, username, displayName },
    hasCodes: confirmedAt !== null,
    mustChange: mustChange === 1,
    usedAt,
  }))
}
