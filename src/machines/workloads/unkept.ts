import { namePerson } from '../../audit/name-person.ts'
import { recordEvent } from '../../audit/record.ts'
import { findUserById } from '../../identity/users.ts'
import { findPath } from '../../repositories/stewards.ts'
import { closeTrust } from './end-trust.ts'
import type { TrustParts } from './trust-parts.ts'

/** Ends what nobody has kept in time. Safe to repeat, and to run on several nodes. */
export async function endUnkeptTrusts({ database, cut }: TrustParts, at: number): Promise<void> {
  const due = await database.read
    .selectFrom('workloadTrust')
    .select('id')
    .where('adoptBy', '<=', at)
    .where('endedAt', 'is', null)
    .execute()
  for (const { id } of due)
    await database.write(async (tx) => {
      const left = await tx
        .updateTable('workloadTrust')
        .set((eb) => ({ adoptBy: eb.ref('adoptBy') }))
        .where('id', '=', id)
        .where('adoptBy', '<=', at)
        .returning('id')
        .executeTakeFirst()
      const row = left && (await closeTrust({ cut }, tx, id, at))
      if (row === undefined) return
      const { facts, personal } = namePerson('person', await findUserById(tx, row.stewardId))
      await recordEvent(tx, {
        action: 'workload.switched-off',
        actor: null,
        target: { kind: 'workload', id },
        repositoryId: row.repositoryId,
        facts: {
          repository: (await findPath(tx, row.repositoryId)) ?? '',
          pipeline: row.name,
          host: new URL(row.issuer).host,
          ...facts,
        },
        personal,
        at,
      })
    })
}
