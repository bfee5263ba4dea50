import { type AuditActor, recordEvent } from '../../audit/record.ts'
import type { Bus } from '../../bus/bus.ts'
import type { Db, Tx } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import type { AccessEndTable, EndCause, TableName } from '../../database/schema.ts'
import type { User } from '../users.ts'
import type { AccessKind, Remaining } from './access-kind.ts'
import { isUnwanted } from './is-unwanted.ts'
import { recordOwnerless } from './record-ownerless.ts'

export interface EndDecision {
  userId: Id<'usr'>
  cause: EndCause
  /** Why, in the words of whoever decided. */
  reason?: string
  /** Null where no person of this instance decided. */
  actor: AuditActor | null
  sealId?: Id<'sea'> | null
  at: number
}

/** How many of one kind end, or are passed on. */
export interface Counted {
  kind: string
  count: number
  isPassedOn: boolean
}

export interface EndAccess {
  kinds: readonly AccessKind[]
  /** How many of each kind would end, or be passed on. */
  preview(db: Db<TableName>, userId: Id<'usr'>, at: number): Promise<Counted[]>
  /**
   * Ends everything a person or agent can come in with, in the transaction of the decision, and with a person the agents
   * they answer for. Connections are cut when it has committed. An end that a directory or another place could undo is
   * overruled by any other decision, which then stands above it. Undefined where access had ended already.
   */
  end(tx: Tx<TableName>, decision: EndDecision): Promise<AccessEndTable | undefined>
  /**
   * Takes a person back whose access ended by `cause`: their passkeys come back, nothing else does. Undefined where they
   * are here, or where an end of another cause stands above: what a person decided, no directory undoes. An end of
   * `cause` that stands below is over then. Undefined, too, where the directory that manages them does not want them.
   */
  restore(
    tx: Tx<TableName>,
    decision: Pick<EndDecision, 'userId' | 'cause' | 'actor' | 'sealId' | 'at'>,
  ): Promise<AccessEndTable | undefined>
  /**
   * Takes a person or agent back by somebody's decision: the account, and nothing that it could come in with. Undefined
   * where they are here, or where the directory that manages them does not want them.
   */
  takeBack(
    tx: Tx<TableName>,
    decision: { userId: Id<'usr'>; endsAt?: number | null; actor: AuditActor; sealId: Id<'sea'>; at: number },
  ): Promise<AccessEndTable | undefined>
}

export const ACCESS_ENDED = 'access-ended'
/** One session alone, by its id: what it has open is cut. */
export const SESSION_ENDED = 'session-ended'

/** The one way in which access ends, whoever decides it: console, API, directory, date, domain, shell (architecture, "Ending access"). */
export function createEndAccess(kinds: readonly AccessKind[], bus: Bus): EndAccess {
  async function end(
    tx: Tx<TableName>,
    decision: EndDecision & { endedWith?: Id<'end'> },
  ): Promise<AccessEndTable | undefined> {
    const { userId, cause, at, actor, sealId = null, reason = '', endedWith = null } = decision
    // Its row is what decisions queue for: the second end finds nothing to do, and one behind a return finds them here.
    await lockRow(tx, userId).execute()
    const user =
      (await tx
        .updateTable('user')
        .set((eb) => ({ state: 'ended', generation: eb('generation', '+', 1) }))
        .where('id', '=', userId)
        .where('state', '=', 'active')
        .returningAll()
        .executeTakeFirst()) ?? (await findOverruled(tx, { userId, cause }))
    if (user === undefined) return undefined
    const ending = { id: newId('end'), user, cause, at }
    const ended: Counted[] = []
    const remains: Remaining[] = [...outsideOurReach]
    for (const kind of kinds) {
      remains.push(...((await kind.remains?.(tx, userId, at)) ?? []))
      for (const machine of (await kind.alsoCut?.(tx, userId)) ?? []) await bus.publish(tx, ACCESS_ENDED, machine, at)
      const count = await kind.end(tx, ending)
      ended.push({ kind: kind.name, count, isPassedOn: kind.fate === 'passed on' })
    }
    const row: AccessEndTable = {
      id: ending.id,
      userId,
      cause,
      reason,
      decidedBy: actor?.id ?? null,
      decidedAt: at,
      sealId,
      ended: JSON.stringify(ended.filter(({ count }) => count > 0)),
      remains: JSON.stringify(remains),
      busSeq: await bus.publish(tx, ACCESS_ENDED, userId, at),
      endedWith,
      restoredAt: null,
      nodes: null,
      completedAt: null,
      receipt: null,
    }
    await tx.insertInto('accessEnd').values(row).execute()
    await recordEvent(tx, {
      action: 'access.ended',
      actor,
      target: { kind: 'user', id: userId },
      facts: {
        person: user.username,
        cause,
        end: row.id,
        ...(sealId === null ? {} : { seal: sealId }),
        ...Object.fromEntries(ended.map(({ kind, count }) => [kind, count])),
      },
      // In somebody's own words, which may name anybody.
      personal: reason === '' ? {} : { reason },
      at,
    })
    if (user.role === 'owner') await recordOwnerless(tx, { user, cause, end: row.id, actor, at })
    const agents = await tx
      .selectFrom('user')
      .select('id')
      .where('ownerId', '=', userId)
      .where('state', '=', 'active')
      .orderBy('id')
      .execute()
    for (const agent of agents)
      await end(tx, { userId: agent.id, cause: 'owner', actor, reason: '', at, endedWith: row.id })
    return row
  }

  return {
    kinds,
    async preview(db, userId, at) {
      const counts: Counted[] = []
      for (const kind of kinds)
        counts.push({ kind: kind.name, count: await kind.count(db, userId, at), isPassedOn: kind.fate === 'passed on' })
      return counts
    },
    end,
    async restore(tx, { userId, cause, actor, sealId = null, at }) {
      const last = await findLastEnd(tx, userId)
      if (last === undefined || last.restoredAt !== null) return undefined
      if (last.cause !== cause) {
        await closeEnds(tx, userId, at).where('cause', '=', cause).execute()
        return undefined
      }
      const user = await revive(tx, { userId, at })
      if (user === undefined) return undefined
      const restored: Record<string, number> = {}
      for (const kind of kinds) {
        const count = (await kind.restore?.(tx, { id: last.id, user, cause: last.cause, at })) ?? 0
        if (count > 0) restored[kind.name] = count
      }
      await recordRestored(tx, { user, end: last.id, cause, actor, sealId, restored, at })
      return { ...last, restoredAt: at }
    },
    async takeBack(tx, { userId, endsAt, actor, sealId, at }) {
      const last = await findLastEnd(tx, userId)
      const user = await revive(tx, { userId, at, ...(endsAt === undefined ? {} : { endsAt }) })
      if (last === undefined || user === undefined) return undefined
      const cause = actor.method === 'token' ? 'api' : 'console'
      await recordRestored(tx, { user, end: last.id, cause, actor, sealId, restored: {}, at })
      return { ...last, restoredAt: at }
    },
  }

  /** Ends first what may have come to be beside the end, so that nothing old lives again with the account. */
  async function revive(
    tx: Tx<TableName>,
    { userId, at, ...changes }: { userId: Id<'usr'>; at: number; endsAt?: number | null },
  ): Promise<User | undefined> {
    const held = await lockRow(tx, userId).returningAll().executeTakeFirst()
    if (held === undefined || (await isUnwanted(tx, held))) return undefined
    const user = await tx
      .updateTable('user')
      .set({ state: 'active', ...changes })
      .where('id', '=', userId)
      .where('state', '=', 'ended')
      .returningAll()
      .executeTakeFirst()
    if (user === undefined) return undefined
    // Under an id of its own: what is ended here, no directory revives.
    for (const kind of kinds) await kind.end(tx, { id: newId('end'), user, cause: 'console', at })
    return user
  }
}

/** What nobody can take back from here, whoever it is. */
const outsideOurReach: readonly Remaining[] = [
  { what: 'Copies they already have, for ever: clones, downloads and answers of the API.', until: null },
]

/** By whom an end is undone: its own source, or else whoever decides here. */
const keepers: Record<EndCause, 'directory' | 'upstream' | 'people'> = {
  scim: 'directory',
  group: 'directory',
  upstream: 'upstream',
  console: 'people',
  api: 'people',
  shell: 'people',
  domain: 'people',
  'guest-end': 'people',
  owner: 'people',
}

/** Causes of ends that are undone where they came from, not here. */
export const undoneElsewhere = (Object.keys(keepers) as EndCause[]).filter((cause) => keepers[cause] !== 'people')

/** Whether somebody else than decides now could undo an end. */
export const isOverruledBy = (
  last: Pick<AccessEndTable, 'cause' | 'restoredAt'> | undefined,
  cause: EndCause,
): boolean =>
  last !== undefined &&
  last.restoredAt === null &&
  keepers[last.cause] !== 'people' &&
  keepers[last.cause] !== keepers[cause]

const lockRow = (tx: Tx<'user'>, userId: Id<'usr'>) =>
  tx
    .updateTable('user')
    .set((eb) => ({ generation: eb.ref('generation') }))
    .where('id', '=', userId)

/** Whose access has ended already, by an end that this cause stands above; their row locked. */
async function findOverruled(
  tx: Tx<TableName>,
  { userId, cause }: Pick<EndDecision, 'userId' | 'cause'>,
): Promise<User | undefined> {
  const user = await lockRow(tx, userId).where('state', '=', 'ended').returningAll().executeTakeFirst()
  return user !== undefined && isOverruledBy(await findLastEnd(tx, userId), cause) ? user : undefined
}

/** The ends that keep a person out at this moment; the last one stands above the others. */
export const listStandingEnds = (db: Db<'accessEnd'>, userId: Id<'usr'>): Promise<AccessEndTable[]> =>
  db.selectFrom('accessEnd').selectAll().where('userId', '=', userId).where('restoredAt', 'is', null).execute()

const closeEnds = (tx: Tx<'accessEnd'>, userId: Id<'usr'>, at: number) =>
  tx.updateTable('accessEnd').set({ restoredAt: at }).where('userId', '=', userId).where('restoredAt', 'is', null)

export const findLastEnd = (db: Db<'accessEnd'>, userId: Id<'usr'>): Promise<AccessEndTable | undefined> =>
  db
    .selectFrom('accessEnd')
    .selectAll()
    .where('userId', '=', userId)
    .orderBy('busSeq', 'desc')
    .limit(1)
    .executeTakeFirst()

async function recordRestored(
  tx: Tx<TableName>,
  restored: {
    user: User
    end: Id<'end'>
    cause: EndCause
    actor: AuditActor | null
    sealId: Id<'sea'> | null
    restored: Record<string, number>
    at: number
  },
): Promise<void> {
  const { user, end, cause, actor, sealId, at } = restored
  await closeEnds(tx, user.id, at).execute()
  await recordEvent(tx, {
    action: 'access.restored',
    actor,
    target: { kind: 'user', id: user.id },
    facts: {
      person: user.username,
      cause,
      end,
      ...(sealId === null ? {} : { seal: sealId }),
      ...restored.restored,
    },
    at,
  })
}
