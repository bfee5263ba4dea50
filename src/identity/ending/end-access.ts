import { type AuditActor, recordEvent } from '../../audit/record.ts'
import type { Bus } from '../../bus/bus.ts'
import type { Db, Tx } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import type { AccessEndTable, EndCause, TableName } from '../../database/schema.ts'
import { findUserById } from '../users.ts'
import type { AccessKind } from './access-kind.ts'

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

export interface EndAccess {
  kinds: readonly AccessKind[]
  /** How many of each kind would end. */
  preview(db: Db<TableName>, userId: Id<'usr'>, at: number): Promise<{ kind: string; count: number }[]>
  /**
   * Ends everything a person or agent can come in with, in the transaction of the decision, and with a person the agents
   * they answer for. Connections are cut when it has committed. Undefined where access had ended already.
   */
  end(tx: Tx<TableName>, decision: EndDecision): Promise<AccessEndTable | undefined>
  /**
   * Takes a person back whose access ended by `cause`: their passkeys come back, nothing else does. Undefined where they
   * are here, or where their last end had another cause: what a person decided, no directory undoes.
   */
  restore(
    tx: Tx<TableName>,
    decision: Pick<EndDecision, 'userId' | 'cause' | 'actor' | 'sealId' | 'at'>,
  ): Promise<AccessEndTable | undefined>
}

export const ACCESS_ENDED = 'access-ended'

/** The one way in which access ends, whoever decides it: console, API, directory, date, domain, shell (architecture, "Ending access"). */
export function createEndAccess(kinds: readonly AccessKind[], bus: Bus): EndAccess {
  async function end(
    tx: Tx<TableName>,
    decision: EndDecision & { endedWith?: Id<'end'> },
  ): Promise<AccessEndTable | undefined> {
    const { userId, cause, at, actor, sealId = null, reason = '', endedWith = null } = decision
    // Its row is what two decisions queue for: the second finds nothing to do.
    const user = await tx
      .updateTable('user')
      .set((eb) => ({ state: 'ended', generation: eb('generation', '+', 1) }))
      .where('id', '=', userId)
      .where('state', '=', 'active')
      .returningAll()
      .executeTakeFirst()
    if (user === undefined) return undefined
    const ending = { id: newId('end'), user, cause, at }
    const ended: { kind: string; count: number }[] = []
    for (const kind of kinds) ended.push({ kind: kind.name, count: await kind.end(tx, ending) })
    const row: AccessEndTable = {
      id: ending.id,
      userId,
      cause,
      reason,
      decidedBy: actor?.id ?? null,
      decidedAt: at,
      sealId,
      ended: JSON.stringify(ended.filter(({ count }) => count > 0)),
      remains: '[]',
      busSeq: await bus.publish(tx, ACCESS_ENDED, userId, at),
      endedWith,
      restoredAt: null,
    }
    await tx.insertInto('accessEnd').values(row).execute()
    await recordEvent(tx, {
      action: 'access.ended',
      actor,
      target: { kind: 'user', id: userId },
      facts: {
        person: user.username,
        cause,
        reason,
        end: row.id,
        ...(sealId === null ? {} : { seal: sealId }),
        ...Object.fromEntries(ended.map(({ kind, count }) => [kind, count])),
      },
      at,
    })
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
      const counts: { kind: string; count: number }[] = []
      for (const kind of kinds) counts.push({ kind: kind.name, count: await kind.count(db, userId, at) })
      return counts
    },
    end,
    async restore(tx, { userId, cause, actor, sealId = null, at }) {
      const last = await tx
        .selectFrom('accessEnd')
        .selectAll()
        .where('userId', '=', userId)
        .orderBy('decidedAt', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst()
      if (last === undefined || last.restoredAt !== null || last.cause !== cause) return undefined
      const user = await findUserById(tx, userId)
      if (user === undefined || user.state !== 'ended') return undefined
      await tx.updateTable('user').set({ state: 'active' }).where('id', '=', userId).execute()
      const restored: Record<string, number> = {}
      for (const kind of kinds) {
        const count = (await kind.restore?.(tx, { id: last.id, user, cause: last.cause, at })) ?? 0
        if (count > 0) restored[kind.name] = count
      }
      await tx.updateTable('accessEnd').set({ restoredAt: at }).where('id', '=', last.id).execute()
      await recordEvent(tx, {
        action: 'access.restored',
        actor,
        target: { kind: 'user', id: userId },
        facts: {
          person: user.username,
          cause,
          end: last.id,
          ...(sealId === null ? {} : { seal: sealId }),
          ...restored,
        },
        at,
      })
      return { ...last, restoredAt: at }
    },
  }
}
