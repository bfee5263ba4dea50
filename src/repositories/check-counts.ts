import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { CheckCounts } from './shapes.ts'

/** A badge is not worth more: older words than these are left out. */
const mostRead = 20_000

/** What checks said about many commits, by `countsKey`; those about which nothing was said are left out. */
export async function countChecks(
  db: Db<'commitStatus'>,
  repositoryIds: readonly Id<'rep'>[],
  oids: readonly string[],
): Promise<Map<string, CheckCounts>> {
  const counts = new Map<string, CheckCounts>()
  if (oids.length === 0) return counts
  const rows = await db
    .selectFrom('commitStatus')
    .select(['repositoryId', 'oid', 'name', 'state'])
    .where('repositoryId', 'in', [...new Set(repositoryIds)])
    .where('oid', 'in', [...new Set(oids)])
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .limit(mostRead)
    .execute()
  const seen = new Set<string>()
  for (const { repositoryId, oid, name, state } of rows) {
    const key = countsKey(repositoryId, oid)
    if (seen.has(`${key} ${name}`)) continue
    seen.add(`${key} ${name}`)
    const count = counts.get(key) ?? { success: 0, pending: 0, failure: 0 }
    count[state === 'error' ? 'failure' : state]++
    counts.set(key, count)
  }
  return counts
}

/** The same commit may stand in two repositories. */
export const countsKey = (repositoryId: string, oid: string): string => `${repositoryId} ${oid}`

/** The worst of them, as one word for a badge. */
export const worstOf = (counts: CheckCounts | undefined): 'success' | 'pending' | 'failure' | null =>
  counts === undefined ? null : counts.failure > 0 ? 'failure' : counts.pending > 0 ? 'pending' : 'success'
