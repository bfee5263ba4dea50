import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { shownMs } from './refusals.ts'
import type { PipelineRefusal } from './shapes.ts'

/** What was refused within the last seven days, the last first. */
export async function listRefusals(
  db: Db<'workloadRefusal' | 'workloadTrust'>,
  repositoryId: Id<'rep'>,
  at: number,
): Promise<PipelineRefusal[]> {
  const rows = await db
    .selectFrom('workloadRefusal')
    .leftJoin('workloadTrust', 'workloadTrust.id', 'workloadRefusal.trustId')
    .select(['workloadTrust.name as pipeline', 'workloadRefusal.issuer', 'workloadRefusal.subject'])
    .select(['reason', 'count', 'firstAt', 'lastAt'])
    .where('workloadRefusal.repositoryId', '=', repositoryId)
    .where('lastAt', '>', at - shownMs)
    .orderBy('lastAt', 'desc')
    .execute()
  return rows
}
