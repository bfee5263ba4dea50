import { recordEvent } from '../audit/record.ts'
import type { Database } from '../database/handles.ts'
import { withdrawForgotten } from '../seals/withdraw.ts'

/**
 * At start: no push outlives the server that held it, and its quarantine is gone. A tap that comes late is told so,
 * rather than kept for something that can no longer land. Returns how many there were.
 */
export async function endForgottenPushes({
  database,
  now,
}: {
  database: Database
  now: () => number
}): Promise<number> {
  return database.write(async (tx) => {
    const at = now()
    const rows = await tx
      .updateTable('heldPush')
      .set({ endedAt: at, outcome: 'stopped' })
      .where('endedAt', 'is', null)
      .returningAll()
      .execute()
    await withdrawForgotten(
      tx,
      rows.map(({ requestId }) => requestId),
    )
    for (const { ref, actorId, repositoryId } of rows) {
      const place = await tx
        .selectFrom('repository')
        .innerJoin('project', 'project.id', 'repository.projectId')
        .select(['repository.name', 'project.name as project'])
        .where('repository.id', '=', repositoryId)
        .executeTakeFirst()
      await recordEvent(tx, {
        action: 'push.refused',
        actor: { id: actorId, method: 'system', strength: null },
        target: { kind: 'ref', id: ref },
        repositoryId,
        outcome: 'refused',
        facts: {
          repository: place === undefined ? '' : `${place.project}/${place.name}`,
          ref,
          reason: 'the server stopped while it waited for a tap',
          code: 'server-stopped',
        },
        at,
      })
    }
    return rows.length
  })
}
