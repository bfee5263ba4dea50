import type { ExpressionBuilder } from 'kysely'
import type { Id } from '../database/id.ts'
import type { Schema } from '../database/schema.ts'
import type { AccessKind } from '../identity/ending/access-kind.ts'

/** Their own, and those they gave agents a secret of: whoever has seen one has it, whoever answers for the agent by now. */
export const apiTokens: AccessKind = {
  name: 'API tokens',
  tables: ['apiToken'],
  count: async (db, userId, at) =>
    (
      await db
        .selectFrom('apiToken')
        .select('id')
        .where((eb) => eb.or([eb('userId', '=', userId), madeForOthers(eb, userId)]))
        .where('endedAt', 'is', null)
        .where('expiresAt', '>', at)
        .execute()
    ).length,
  end: async (tx, { user, at }) =>
    (
      await tx
        .updateTable('apiToken')
        .set({ endedAt: at })
        .where((eb) => eb.or([eb('userId', '=', user.id), madeForOthers(eb, user.id)]))
        .where('endedAt', 'is', null)
        .where('expiresAt', '>', at)
        .returning('id')
        .execute()
    ).length,
}

/** For agents that somebody else answers for by now; those of their own end with a receipt of their own. */
const madeForOthers = (eb: ExpressionBuilder<Schema, 'apiToken'>, userId: Id<'usr'>) =>
  eb.and([
    eb.or([eb('madeBy', '=', userId), eb('nextMadeBy', '=', userId)]),
    eb('userId', 'not in', eb.selectFrom('user').select('user.id').where('user.ownerId', '=', userId)),
  ])
