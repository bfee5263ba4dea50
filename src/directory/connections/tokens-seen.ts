import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'

/** A connection, and to whom its token of today was shown; and the one before it, which may work for a while yet. */
export interface SeenToken {
  id: Id<'dir'>
  name: string
  seenBy: Id<'usr'>
  formerSeenBy: Id<'usr'> | null
}

/** Who has seen the tokens of what is connected, by the record: a token is shown once, to whoever made it with a tap. */
export async function listSeenTokens(db: Db<'directoryConnection' | 'auditEvent'>): Promise<SeenToken[]> {
  const connections = await db
    .selectFrom('directoryConnection')
    .select(['id', 'name'])
    .where('endedAt', 'is', null)
    .orderBy('name')
    .execute()
  const seen = await Promise.all(
    connections.map(async ({ id, name }): Promise<SeenToken[]> => {
      const [made, before] = await db
        .selectFrom('auditEvent')
        .select('actorId')
        .where('targetId', '=', id)
        .where((eb) =>
          eb.or([
            eb('action', '=', 'directory.connected'),
            // Canonical JSON of ours: what others wrote has its quotes escaped.
            eb.and([eb('action', '=', 'directory.changed'), eb('leaf', 'like', '%"newToken":"yes"%')]),
          ]),
        )
        .orderBy('id', 'desc')
        .limit(2)
        .execute()
      return made?.actorId ? [{ id, name, seenBy: made.actorId, formerSeenBy: before?.actorId ?? null }] : []
    }),
  )
  return seen.flat()
}

/** Those whose token somebody knows who has left, until it is made anew. */
export async function listTokensOfLeavers(
  db: Db<'directoryConnection' | 'auditEvent' | 'user'>,
): Promise<Pick<SeenToken, 'id' | 'name'>[]> {
  const seen = await listSeenTokens(db)
  if (seen.length === 0) return []
  const ended = await db
    .selectFrom('user')
    .select('id')
    .where(
      'id',
      'in',
      seen.map(({ seenBy }) => seenBy),
    )
    .where('state', '=', 'ended')
    .execute()
  return seen.filter(({ seenBy }) => ended.some(({ id }) => id === seenBy))
}
