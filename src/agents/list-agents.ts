import type { Db } from '../database/handles.ts'
import { type Caller, isAdmin } from '../identity/caller.ts'
import { listAnswering } from '../identity/render-people.ts'
import type { AgentView } from './shapes.ts'

/** The agents a person answers for; an administrator sees all of them. By name. */
export async function listAgents(db: Db<'user' | 'apiToken'>, caller: Caller, now: number): Promise<AgentView[]> {
  // Whoever has become a guest answers for nothing.
  if (caller.role === 'guest') return []
  let query = db.selectFrom('user').selectAll().where('kind', '=', 'agent').orderBy('username')
  if (!isAdmin(caller)) query = query.where('ownerId', '=', caller.id)
  const rows = await query.execute()
  if (rows.length === 0) return []
  const tokens = await db
    .selectFrom('apiToken')
    .select((eb) => [
      'userId',
      eb.fn.max('lastUsedAt').as('lastUsedAt'),
      eb.fn.countAll<number>().filterWhere('endedAt', 'is', null).filterWhere('expiresAt', '>', now).as('count'),
    ])
    .where(
      'userId',
      'in',
      rows.map(({ id }) => id),
    )
    .groupBy('userId')
    .execute()
  const tokensOf = new Map(tokens.map((row) => [row.userId, row]))
  const owners = await listAnswering(
    db,
    rows.flatMap(({ ownerId }) => ownerId ?? []),
  )
  return rows.map((row) => ({
    id: row.id,
    username: row.username,
    displayName: row.displayName,
    owner: owners.get(row.ownerId) ?? null,
    isMine: row.ownerId === caller.id,
    state: row.state,
    createdAt: row.createdAt,
    tokenCount: tokensOf.get(row.id)?.count ?? 0,
    lastUsedAt: tokensOf.get(row.id)?.lastUsedAt ?? null,
  }))
}
