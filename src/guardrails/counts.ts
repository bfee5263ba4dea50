import type { Db } from '../database/handles.ts'
import { type JudgedLeaf, readJudged } from './judged-events.ts'
import type { RuleCounts } from './shapes.ts'

/** What each rule did since `from`: acts it reported, and acts it refused or asked more for. */
export async function ruleCounts(
  db: Db<'auditEvent' | 'auditPersonal'>,
  { from, to = Number.MAX_SAFE_INTEGER }: { from: number; to?: number },
): Promise<RuleCounts> {
  const counts = new Map<string, { rule: string; reported: number; refused: number }>()
  const countOf = (rule: string) => {
    const found = counts.get(rule) ?? { rule, reported: 0, refused: 0 }
    counts.set(rule, found)
    return found
  }
  for await (const page of readJudged(db, { from, to }, { withAddress: false }))
    for (const { leaf } of page) {
      if (isUnremarkable(leaf)) continue
      const { decision } = JSON.parse(leaf) as JudgedLeaf
      for (const rule of decision.reported) countOf(rule).reported += 1
      if (decision.outcome !== 'allow' && !decision.rule.startsWith('floor:')) countOf(decision.rule).refused += 1
    }
  return { from, items: [...counts.values()].sort((one, other) => (one.rule < other.rule ? -1 : 1)) }
}

/** Most are. Leaves are canonical JSON, in which no string can hold an unescaped quote, so the text itself tells. */
const isUnremarkable = (leaf: string): boolean =>
  leaf.includes('"outcome":"allow","placeRole":') && leaf.includes('"reported":[]')
