import type { Database, Db, Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import { prepared } from '../database/prepared.ts'
import type { SessionTable, Strength } from '../database/schema.ts'
import { hashSecret, newSecret } from '../http/secret.ts'
import type { Proof } from '../policy/facts.ts'
import { accountOf } from './account-of.ts'
import type { Caller, SessionCaller } from './caller.ts'
import { isOver } from './guests/is-over.ts'
import { createSessionEnds, type JudgedSession, type JudgeParts, judgeSession } from './judge-caller.ts'
import { proofOf } from './session-proof.ts'

const minuteMs = 60_000
export const sessionLimits = { idleMs: 24 * 60 * minuteMs, absoluteMs: 14 * 24 * 60 * minuteMs }

export interface NewSession {
  userId: Id<'usr'>
  userGeneration: number
  /** Null where no passkey began it. */
  credentialRecordId: Id<'crd'> | null
  /** `passkey` unless told. */
  method?: SessionTable['method']
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
  const { at } = session
  await insertSession(tx, {
    id,
    secretHash: hashSecret(secret),
    userId: session.userId,
    userGeneration: session.userGeneration,
    credentialRecordId: session.credentialRecordId,
    method: session.method ?? 'passkey',
    strength: session.strength,
    userAgent: session.userAgent.slice(0, 300),
    address: session.address,
    authenticatedAt: at,
    createdAt: at,
    lastSeenAt: at,
    expiresAt: at + sessionLimits.absoluteMs,
    endedAt: null,
  })
  return { id, secret }
}

const insertSession = prepared((tx: Tx<'session'>, row: SessionTable) => tx.insertInto('session').values(row))

const selectLiveSessions = (db: Db<'session'>) =>
  db
    .selectFrom('session')
    .innerJoin('user', 'user.id', 'session.userId')
    .leftJoin('credentialRecord', 'credentialRecord.id', 'session.credentialRecordId')
    .select(['session.id as sessionId', 'session.userId', 'session.userGeneration', 'session.strength'])
    .select(['session.authenticatedAt', 'session.createdAt', 'session.lastSeenAt', 'session.expiresAt'])
    .select([
      'session.credentialRecordId',
      'session.secretHash',
      'session.method',
      'backupEligible',
      'transports',
      'aaguid',
      'attestationOutcome',
      'strengthCap',
    ])
    .select([
      'user.kind',
      'user.username',
      'user.displayName',
      'user.role',
      'user.isDemo',
      'user.generation',
      'user.endsAt',
    ])
    .where('session.endedAt', 'is', null)
    .where('user.state', '=', 'active')
    .where('credentialRecord.endedAt', 'is', null)
    .where('credentialRecord.suspendedBy', 'is', null)
    .where((eb) => eb.or([eb('session.method', '!=', 'passkey'), eb('credentialRecord.id', 'is not', null)]))

// Every request of a page asks this.
const findBySecret = prepared((db: Db<'session'>, of: { secretHash: string }) =>
  selectLiveSessions(db).where('session.secretHash', '=', of.secretHash),
)
const findById = prepared((db: Db<'session'>, of: { sessionId: Id<'ses'> }) =>
  selectLiveSessions(db).where('session.id', '=', of.sessionId),
)

type FindParts = JudgeParts & { database: Pick<Database, 'read' | 'write'> }

/** Whose session this secret opens, if it still lives: not ended, idle or old, its person active and of the same generation. */
export async function findSessionCaller(
  parts: FindParts,
  { secret, ...shown }: { secret: string; address: string; isUse?: boolean },
  now: number,
): Promise<Caller | undefined> {
  const [row] = await findBySecret(parts.database.read, { secretHash: hashSecret(secret) })
  return row && callerOf(parts, row, shown, now)
}

/**
 * The same for what hangs on a session without knowing its secret. With `isAgain` for what was let in before and goes
 * on by itself: that is no use of the session, and an idle limit does not stop it. With `isUse: false` it is none either,
 * and a limit holds: a program asks, and not its person.
 */
export async function findSessionCallerById(
  parts: FindParts,
  { sessionId, ...shown }: { sessionId: Id<'ses'>; address: string; isAgain?: boolean; isUse?: boolean },
  now: number,
): Promise<Caller | undefined> {
  const [row] = await findById(parts.database.read, { sessionId })
  return row && callerOf(parts, row, shown, now)
}

async function callerOf(
  parts: FindParts,
  row: Awaited<ReturnType<typeof findById>>[number],
  { address, isAgain = false, isUse = !isAgain }: { address: string; isAgain?: boolean; isUse?: boolean },
  now: number,
): Promise<Caller | undefined> {
  if (row.userGeneration !== row.generation || now >= row.expiresAt) return undefined
  // Whoever carries it out may be late.
  if (isOver(row, now)) return undefined
  const { strength, key } = proofOf(row)
  const known = {
    ...accountOf(row),
    strength,
    authenticatedAt: row.authenticatedAt,
    address,
  }
  // Before the use is noted: a request must not revive a session that was idle too long.
  // What is open already is not ended by nobody asking for more meanwhile.
  const lastSeenAt = isAgain ? now : row.lastSeenAt
  const judged = await judgeSession(parts, { ...row, lastSeenAt, caller: known, key, address }, now)
  if (judged === 'over') return undefined
  if (isUse && now - row.lastSeenAt >= seenEveryMs(judged))
    await parts.database.write((tx) =>
      tx.updateTable('session').set({ lastSeenAt: now }).where('id', '=', row.sessionId).execute(),
    )
  return {
    ...known,
    shortfall: judged.shortfall,
    by: {
      kind: 'session',
      sessionId: row.sessionId,
      sessionHash: row.secretHash,
      credentialRecordId: row.credentialRecordId,
      method: row.method,
      key,
    },
  }
}

/** Once a minute, oftener under a short idle limit: what was used a moment ago must not look idle. */
const seenEveryMs = ({ idleMs }: JudgedSession): number => Math.min(minuteMs, idleMs / 6)

/** A session and what holds of it today: `strength` and `expiresAt` may be less than was stored. */
export type LiveSession = SessionTable & { credentialName: string | null; idleEndsAt: number; key: Proof['key'] }

/** The sessions that are not over by the rules of today: the one that asks, then the others, last used first. */
export async function listSessions(parts: JudgeParts, caller: SessionCaller, now: number): Promise<LiveSession[]> {
  const endsOf = await createSessionEnds(parts, caller, now)
  const rows = await listSessionRows(parts.database.read, caller.id, now)
  const live = rows.flatMap((row): LiveSession[] => {
    const { strength, key } = proofOf(row)
    const ends = endsOf({
      ...row,
      caller: { ...caller, strength, authenticatedAt: row.authenticatedAt },
      key,
      // From where another will be used next nobody knows.
      address: row.id === caller.by.sessionId ? caller.address : row.address,
    })
    return ends === null ? [] : [{ ...row, ...ends, strength, key }]
  })
  const isThis = ({ id }: LiveSession): boolean => id === caller.by.sessionId
  return [...live.filter(isThis), ...live.filter((session) => !isThis(session))]
}

/** A person's sessions within the limits that always hold, last used first. */
export function listSessionRows(db: Db<'session'>, userId: Id<'usr'>, now: number) {
  return db
    .selectFrom('session')
    .leftJoin('credentialRecord', 'credentialRecord.id', 'session.credentialRecordId')
    .innerJoin('user', 'user.id', 'session.userId')
    .selectAll('session')
    .select(['backupEligible', 'transports', 'aaguid', 'attestationOutcome', 'strengthCap'])
    .select('credentialRecord.name as credentialName')
    .where('session.userId', '=', userId)
    .where('session.endedAt', 'is', null)
    .where('credentialRecord.endedAt', 'is', null)
    .where('credentialRecord.suspendedBy', 'is', null)
    .whereRef('session.userGeneration', '=', 'user.generation')
    .where('session.expiresAt', '>', now)
    .where('session.lastSeenAt', '>', now - sessionLimits.idleMs)
    .orderBy('session.lastSeenAt', 'desc')
    .execute()
}

/** Ends one session, or with `except` all others, of one person. Returns how many ended. */
export async function endSessions(
  tx: Tx<'session' | 'registrationLink'>,
  userId: Id<'usr'>,
  which: { id: string } | { except: Id<'ses'> },
  at: number,
): Promise<number> {
  const all = tx.updateTable('session').set({ endedAt: at }).where('userId', '=', userId).where('endedAt', 'is', null)
  const ended = await (
    'id' in which ? all.where('id', '=', which.id as Id<'ses'>) : all.where('id', '!=', which.except)
  ).executeTakeFirst()
  // What such a session had in hand to get a first passkey.
  await tx
    .updateTable('registrationLink')
    .set({ consumedAt: at })
    .where('userId', '=', userId)
    .where('purpose', '=', 'upgrade')
    .where('consumedAt', 'is', null)
    .execute()
  return Number(ended.numUpdatedRows)
}
