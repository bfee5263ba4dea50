import { isDeepStrictEqual } from 'node:util'
import type { Policy } from '../policy/rule.ts'
import type { RuleDifference } from './shapes.ts'

/** Stands for the list of refused reports, which belongs to no rule; no rule can have this id. */
const statuses = { id: 'refusedModelStatuses', title: 'Reports that count against a model' }

/** Which rules one policy adds, changes and leaves out, in the order they are written. The order itself means nothing. */
export function diffPolicies(before: Policy, after: Policy): RuleDifference[] {
  const former = new Map(before.rules.map((rule) => [rule.id, rule]))
  const kept = new Set(after.rules.map(({ id }) => id))
  const differences: RuleDifference[] = after.rules.flatMap((rule) => {
    const old = former.get(rule.id)
    if (old !== undefined && isDeepStrictEqual(old, rule)) return []
    return [{ kind: old === undefined ? 'added' : 'changed', rule: { id: rule.id, title: rule.title } }]
  })
  for (const { id, title } of before.rules)
    if (!kept.has(id)) differences.push({ kind: 'removed', rule: { id, title } })
  const isSameList = isDeepStrictEqual(new Set(before.refusedModelStatuses), new Set(after.refusedModelStatuses))
  return isSameList ? differences : [...differences, { kind: 'changed', rule: statuses }]
}
