import type { RecordedDecision } from '../audit/decision.ts'
import type { Db } from '../database/handles.ts'
import { decide } from '../policy/decide.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { factsOf } from '../policy/record-decision.ts'
import { explainPast } from '../policy/words.ts'

/**
 * Seals that would not be enough by the rules of today, each with why, in a sentence. Judged over the facts of their
 * day as the ledger keeps them; from which network they came is not asked again.
 */
export async function listWeaker(
  { db, policy, at }: { db: Db<'auditEvent'>; policy: PolicyInForce; at: number },
  sealIds: readonly string[],
): Promise<Map<string, string>> {
  const rules = policy.current()
  const isAsked = [...rules.byAct.values()].some((list) => list.some(({ rule }) => rule.mode === 'enforce'))
  if (sealIds.length === 0 || !isAsked) return new Map()
  const events = await db
    .selectFrom('auditEvent')
    .select(['targetId', 'leaf'])
    .where('targetId', 'in', sealIds)
    .where('action', '=', 'seal.made')
    .execute()
  return new Map(
    events.flatMap(({ targetId, leaf }): [string, string][] => {
      const { decision: recorded } = JSON.parse(leaf) as { decision?: RecordedDecision }
      const facts = recorded && factsOf(recorded, at, null)
      if (facts === undefined) return []
      const decision = decide(rules, facts)
      const unmet = decision.unmet.filter(({ part }) => part === 'strength' || part === 'models')
      return unmet.length === 0 ? [] : [[targetId, explainPast({ ...decision, unmet }, facts)]]
    }),
  )
}
