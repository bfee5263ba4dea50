import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { AccessKind } from '../../identity/ending/access-kind.ts'
import { listSeenTokens, listTokensOfLeavers, type SeenToken } from './tokens-seen.ts'

/**
 * Directories go on bringing the organisation's people; whoever has seen a token can let in whom they want by it, until
 * it is made anew. Those who stay are told for as long as that is so.
 */
export const directoryTokensSeen: AccessKind = {
  name: 'directories whose token they have seen',
  tables: ['directoryConnection'],
  fate: 'passed on',
  async count(db, userId) {
    const left = await listTokensOfLeavers(db)
    return (await listSeenBy(db, userId)).filter(({ id }) => !left.some((other) => other.id === id)).length
  },
  async remains(db, userId) {
    const names = (await listSeenBy(db, userId)).map(({ name }) => name).join(', ')
    if (names === '') return []
    const what = `The token of directories, which was shown to them: ${names}. Whoever has it lets people in; each wants a new one.`
    return [{ what, until: null }]
  },
  async end(tx, { user, at }) {
    // Made anew before they went: what they know need not be good for the rest of its hour.
    for (const { id, formerSeenBy } of await listSeenTokens(tx))
      if (formerSeenBy === user.id)
        await tx
          .updateTable('directoryConnection')
          .set({ formerTokenUntil: at })
          .where('id', '=', id)
          .where('formerTokenUntil', '>', at)
          .execute()
    return (await listSeenBy(tx, user.id)).length
  },
}

const listSeenBy = async (db: Db<'directoryConnection' | 'auditEvent'>, userId: Id<'usr'>): Promise<SeenToken[]> =>
  (await listSeenTokens(db)).filter(({ seenBy }) => seenBy === userId)
