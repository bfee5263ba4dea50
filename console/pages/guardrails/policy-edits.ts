import type { Policy, Rule } from '../../api/shapes.ts'

/** One rule that two policies hold differently; the one without it has `undefined`. */
export interface RuleEdit {
  id: string
  kind: 'added' | 'changed' | 'removed'
  before: Rule | undefined
  after: Rule | undefined
}

/** In the order of the new policy, what was removed last. The order of rules means nothing. */
export function listEdits(before: Policy, after: Policy): RuleEdit[] {
  const [former, kept] = [byId(before), byId(after)]
  const edits = [...kept].flatMap(([id, rule]): RuleEdit[] => {
    const old = former.get(id)
    if (old && isSame(old, rule)) return []
    return [{ id, kind: old ? 'changed' : 'added', before: old, after: rule }]
  })
  const removed = [...former].flatMap(([id, rule]): RuleEdit[] =>
    kept.has(id) ? [] : [{ id, kind: 'removed', before: rule, after: undefined }],
  )
  return [...edits, ...removed]
}

/** Puts a rule in the place of the one with its id, or at the end; without a rule, takes it away. */
export function withRule(policy: Policy, id: string, rule: Rule | undefined): Policy {
  const isThere = policy.rules.some((one) => one.id === id)
  if (!rule) return { ...policy, rules: policy.rules.filter((one) => one.id !== id) }
  return {
    ...policy,
    rules: isThere ? policy.rules.map((one) => (one.id === id ? rule : one)) : [...policy.rules, rule],
  }
}

/** What was changed from `base` to `mine`, made on top of `theirs`. Where both changed a rule, mine stands. */
export function rebasePolicy(base: Policy, mine: Policy, theirs: Policy): Policy {
  const merged = listEdits(base, mine).reduce((policy, { id, after }) => withRule(policy, id, after), theirs)
  const isMine = !isSame(statuses(base), statuses(mine))
  return isMine ? { ...merged, refusedModelStatuses: mine.refusedModelStatuses } : merged
}

/** Ids of the rules that both changed, and not in the same way. */
export function listClashes(base: Policy, mine: Policy, theirs: Policy): string[] {
  const other = new Map(listEdits(base, theirs).map((edit) => [edit.id, edit.after]))
  return listEdits(base, mine).flatMap(({ id, after }) => (other.has(id) && !isSame(other.get(id), after) ? [id] : []))
}

export const statuses = (policy: Policy): string[] => [...policy.refusedModelStatuses].sort()

/** Equal as JSON, whatever the order of the keys. */
export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

const byId = ({ rules }: Policy): Map<string, Rule> => new Map(rules.map((rule) => [rule.id, rule]))
