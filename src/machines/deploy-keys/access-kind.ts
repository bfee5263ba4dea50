import { namePerson } from '../../audit/name-person.ts'
import type { AccessKind } from '../../identity/ending/access-kind.ts'
import { getKeepBy } from '../../repositories/stewards.ts'
import { recordKeyEvent } from './record.ts'

/** They belong to their repositories, and go on until nobody has kept them in time. */
export const deployKeysLookedAfter: AccessKind = {
  name: 'deploy keys they look after',
  tables: ['deployKey'],
  fate: 'passed on',
  count: async (db, userId, at) =>
    (
      await db
        .selectFrom('deployKey')
        .select('id')
        .where('stewardId', '=', userId)
        .where('endedAt', 'is', null)
        .where('expiresAt', '>', at)
        .where('adoptBy', 'is', null)
        .execute()
    ).length,
  async remains(db, userId, at) {
    const keys = await db
      .selectFrom('deployKey')
      .select(['expiresAt', 'rotateEveryDays'])
      .where('createdBy', '=', userId)
      .where('endedAt', 'is', null)
      .where('expiresAt', '>', at)
      .execute()
    if (keys.length === 0) return []
    const goOn = keys.some(({ rotateEveryDays }) => rotateEveryDays !== null)
    return [
      {
        what: `Whoever has the private half of the deploy keys they brought comes in: ${keys.length}. Each wants a new one.`,
        until: goOn ? null : Math.max(...keys.map(({ expiresAt }) => expiresAt)),
      },
    ]
  },
  async end(tx, { user, at }) {
    const keepBy = await getKeepBy(tx, at)
    const rows = await tx
      .updateTable('deployKey')
      .set({ adoptBy: keepBy })
      .where('stewardId', '=', user.id)
      .where('endedAt', 'is', null)
      .where('expiresAt', '>', at)
      .where('adoptBy', 'is', null)
      .returningAll()
      .execute()
    const { facts, personal } = namePerson('person', user)
    for (const key of rows)
      await recordKeyEvent(tx, 'deploy-key.passed-on', key, {
        actor: null,
        at,
        facts: { ...facts, keepBy },
        personal,
      })
    return rows.length
  },
}
