import type { Db } from '../database/handles.ts'
import type { CountedEvent } from './read-events.ts'
import type { Insights, MergeRow } from './shapes.ts'

/** When each branch became protected, by repository and ref. */
export type Protections = ReadonlyMap<string, number>

const keyOf = (repositoryId: string, ref: string): string => `${repositoryId} ${ref}`

export async function readProtections(db: Db<'protectedBranch'>): Promise<Protections> {
  const rows = await db.selectFrom('protectedBranch').select(['repositoryId', 'ref', 'createdAt']).execute()
  return new Map(rows.map(({ repositoryId, ref, createdAt }) => [keyOf(repositoryId, ref), createdAt]))
}

/**
 * Counts `ref.updated` and `ref.created`: what landed on protected branches after their protection began, and what a tap
 * put on any branch but what it only wrote there. Plain pushes to other branches are no merges, and tags are none.
 * Repositories go by the name they had last.
 */
export function countMerges(protections: Protections): {
  add(event: CountedEvent): void
  read(): Insights['merges']
} {
  const counted = new Map<string, MergeRow>()
  return {
    add({ at, repository, facts }) {
      const isBranch = String(facts['ref']).startsWith('refs/heads/')
      const isProven = isBranch && String(facts['by']).startsWith('seal ') && facts['tapFor'] !== 'writing'
      if (!isProven && at <= (protections.get(keyOf(repository, String(facts['ref']))) ?? Infinity)) return
      const row = counted.get(repository) ?? { repository: String(facts['repository']), count: 0, proven: 0 }
      counted.set(repository, row)
      row.count += 1
      if (isProven) row.proven += 1
    },
    read() {
      const rows = [...counted.values()].sort((one, other) => other.count - one.count)
      const sum = (part: 'count' | 'proven'): number => rows.reduce((total, row) => total + row[part], 0)
      return { count: sum('count'), proven: sum('proven'), rows }
    },
  }
}
