import { endMachineTokens } from '../../access-keys/issue-token.ts'
import { namePerson } from '../../audit/name-person.ts'
import { recordEvent } from '../../audit/record.ts'
import type { AccessKind } from '../../identity/ending/access-kind.ts'
import { findPath, getKeepBy } from '../../repositories/stewards.ts'

/**
 * They belong to their repositories, and go on until nobody has kept them in time; but one with keys given by hand stands
 * still until somebody keeps it (`isStanding`), and what it has open is cut.
 */
export const pipelinesLookedAfter: AccessKind = {
  name: 'pipelines they look after',
  tables: ['workloadTrust'],
  fate: 'passed on',
  count: async (db, userId) =>
    (
      await db
        .selectFrom('workloadTrust')
        .select('id')
        .where('stewardId', '=', userId)
        .where('endedAt', 'is', null)
        .where('adoptBy', 'is', null)
        .execute()
    ).length,
  alsoCut: async (db, userId) =>
    (
      await db
        .selectFrom('workloadTrust')
        .select('workloadTrust.userId')
        .where('stewardId', '=', userId)
        .where('endedAt', 'is', null)
        .where('keys', 'is not', null)
        .execute()
    ).map((row) => row.userId),
  async end(tx, { user, at }) {
    const keepBy = await getKeepBy(tx, at)
    const rows = await tx
      .updateTable('workloadTrust')
      .set({ adoptBy: keepBy })
      .where('stewardId', '=', user.id)
      .where('endedAt', 'is', null)
      .where('adoptBy', 'is', null)
      .returningAll()
      .execute()
    const { facts, personal } = namePerson('person', user)
    for (const { id, repositoryId, name, userId, keys } of rows) {
      if (keys !== null) await endMachineTokens(tx, { userId, at })
      await recordEvent(tx, {
        action: 'workload.passed-on',
        actor: null,
        target: { kind: 'workload', id },
        repositoryId,
        facts: {
          repository: (await findPath(tx, repositoryId)) ?? '',
          pipeline: name,
          ...facts,
          keepBy,
          keys: keys === null ? 'asked' : 'given',
        },
        personal,
        at,
      })
    }
    return rows.length
  },
}
