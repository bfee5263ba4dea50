import { useCallback, useMemo, useSyncExternalStore } from 'react'
import type { Policy, PolicyView, Rule } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { rebasePolicy, withRule } from './policy-edits.ts'

/** A change of the guardrails that is not saved yet: the whole policy as it would be. */
export interface Draft {
  /** The version it was made from, and what that said. */
  basedOn: number
  base: Policy
  policy: Policy
}

const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Lives as long as the tab, so that neither a reload nor a look at another page loses it; each person has their own. */
export function useDraft(): [Draft | null, (draft: Draft | null) => void] {
  const key = `postern-guardrails ${useMe().id}`
  const text = useSyncExternalStore(subscribe, () => sessionStorage.getItem(key))
  const draft = useMemo(() => (text === null ? null : (JSON.parse(text) as Draft)), [text])
  const keep = useCallback(
    (next: Draft | null) => {
      if (next) sessionStorage.setItem(key, JSON.stringify(next))
      else sessionStorage.removeItem(key)
      for (const listener of listeners) listener()
    },
    [key],
  )
  return [draft, keep]
}

/** The draft, or a new one, on top of what is in force now. */
export const onTopOf = ({ version, policy }: PolicyView, draft: Draft | null): Draft => ({
  basedOn: version,
  base: policy,
  policy: draft ? rebasePolicy(draft.base, draft.policy, policy) : policy,
})

/** The draft with one rule set to something else, or, without a rule, taken away. */
export const draftRule = (draft: Draft, id: string, rule: Rule | undefined): Draft => ({
  ...draft,
  policy: withRule(draft.policy, id, rule),
})
