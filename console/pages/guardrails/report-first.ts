import type { Rule } from '../../api/shapes.ts'
import type { Draft } from './draft.ts'
import { listEdits, withRule } from './policy-edits.ts'

/**
 * The draft with every rule that it begins to enforce only reporting; null where there is none. A rule that is enforced
 * today stays so: reporting would loosen it.
 */
export function reportFirst(draft: Draft): Draft | null {
  const begun = listEdits(draft.base, draft.policy).flatMap(({ before, after }) =>
    after?.mode === 'enforce' && before?.mode !== 'enforce' ? [after] : [],
  )
  if (begun.length === 0) return null
  return { ...draft, policy: begun.reduce((policy, rule) => withRule(policy, rule.id, asReport(rule)), draft.policy) }
}

function asReport(rule: Rule): Rule {
  const { enforceFrom: _, ...rest } = rule
  return { ...rest, mode: 'report' }
}
