import type { Database, Db, Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { SessionTable, Strength } from '../database/schema.ts'
import { hashSecret, newSecret } from '../http/secret.ts'
import type { Caller } from './caller.ts'

const minuteMs = 60_000
export const sessionLimits = { idleMs: 24 * 60 * minuteMs, absoluteMs: 14 * 24 * 60 * minuteMs }

export interface NewSession {
  userId: Id<'usr'>
  userGeneration: number
  credentialRecordId: Id<'crd'>
  strength: Strength
  userAgent: string
  address: string
  at: number
}

/** Begins a session under a fresh secret, which only the cookie will know. */
export async function createSession(
  tx: Tx<'session'>,
  session: NewSession,
): Promise<{ id: Id<'ses'>; secret: string }> {
  const id = newId('ses')
  const secret = newSecret()
  const { at, ...rest } = session
  await tx
    .insertInto('session')
    .values({
      ...rest,
      id,
      secretHash: hashSecret(secret),
      userAgent: session.userAgent.slice(0, 300),
      authenticatedAt: at,
      createdAt: at,
      lastSeenAt: at,
      expiresAt: at + sessionLimits.absoluteMs,
      endedAt: null,
    })
    .execute()
  return { id, secret }
}

/** Whose session this secret opens, if it still lives: not ended, idle or old, its person active and of the same generation. */
export async function findSessionCaller(
  database: Pick<Database, 'read' | 'write'>,
  secret: string,
  now: number,
): Promise<Caller | undefined> {
  const secretHash = hashSecret(secret)
  const row = await database.read
    .selectFrom('session')
    .innerJoin('user', 'user.id', 'session.userId')
    .innerJoin('credentialRecord', 'credentialRecord.id', 'session.credentialRecordId')
    .select(['session.id as sessionId', 'session.userId', 'session.userGeneration', 'session.strength'])
    .select(['session.authenticatedAt', 'session.lastSeenAt', 'session.expiresAt', 'session.credentialRecordId'])
    .select(['user.kind', 'user.username', 'user.displayName', 'user.role', 'user.isDemo', 'user.generation'])
    .where('session.secretHash', '=', secretHash)
    .where('session.endedAt', 'is', null)
    .where('user.state', '=', 'active')
    .where('credentialRecord.endedAt', 'is', null)
    .executeTakeFirst()
  if (row === undefined || row.userGeneration !== row.generation) return undefined
  if (now >= row.expiresAt || now - row.lastSeenAt >= sessionLimits.idleMs) return undefined
  if (now - row.lastSeenAt >= minuteMs)
    await database.write((tx) =>
      tx.updateTable('session').set({ lastSeenAt: now }).where('id', '=', row.sessionId).execute(),
    )
  return {
    id: row.userId,
    kind: row.kind,
    username: row.username,
    displayName: row.displayName,
    role: row.role,
    isDemo: row.isDemo === 1,
    strength: row.strength,
    authenticatedAt: row.authenticatedAt,
    by: {
      kind: 'session',
      sessionId: row.sessionId,
      sessionHash: secretHash,
      credentialRecordId: row.credentialRecordId,
    },
  }
}

export type SessionRow = Omit<SessionTable, 'secretHash'> & { credentialName: string }

/** A person's live sessions, last used first. */
export function listSessions(db: Db<'session'>, userId: Id<'usr'>, now: number): Promise<SessionRow[]> {
  return db
    .selectFrom('session')
    .innerJoin('credentialRecord', 'credentialRecord.id', 'session.credentialRecordId')
    .innerJoin('user', 'user.id', 'session.userId')
    .selectAll('session')
    .select('credentialRecord.name as credentialName')
    .where('session.userId', '=', userId)
    .where('session.endedAt', 'is', null)
    .where('credentialRecord.endedAt', 'is', null)
    .whereRef('session.userGeneration', '=', 'user.generation')
    .where('session.expiresAt', '>', now)
    .where('session.lastSeenAt', '>', now - sessionLimits.idleMs)
    .orderBy('session.lastSeenAt', 'desc')
    .execute()
}

/** Ends one session, or with `except` all others, of one person. Returns how many ended. */
export async function endSessions(
  tx: Tx<'session'>,
  userId: Id<'usr'>,
  which: { id: string } | { except: Id<'ses'> },
  at: number,
): Promise<number> {
  const all = tx.updateTable('session').set({ endedAt: at }).where('userId', '=', userId).where('endedAt', 'is', null)
  const ended = await (
    'id' in which ? all.where('id', '=', which.id as Id<'ses'>) : all.where('id', '!=', which.except)
  ).executeTakeFirst()
  return Number(ended.numUpdatedRows)
}
