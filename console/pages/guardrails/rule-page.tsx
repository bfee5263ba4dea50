import { useSuspenseQuery } from '@tanstack/react-query'
import { catalogueQuery, policyQuery } from '../../api/policy.ts'
import { queryClient } from '../../api/queries.ts'
import type { Rule } from '../../api/shapes.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { useGo, usePathPart } from '../../url-state.ts'
import { NotFoundPage } from '../shell/not-found-page.tsx'
import { draftRule, onTopOf, useDraft } from './draft.ts'
import { RuleForm } from './rule-form.tsx'
import { ruleIdOf } from './rule-id.ts'

export const fetchAhead: FetchAhead = () => [
  queryClient.ensureQueryData(policyQuery),
  queryClient.ensureQueryData(catalogueQuery),
]

const crumbs = [{ label: 'Guardrails', href: paths.guardrails() }]

/** A rule as the draft of this tab has it, else as it is in force, else as it would be switched on. */
export function RulePage() {
  const id = usePathPart('id')
  const { data: view } = useSuspenseQuery(policyQuery)
  const { data: catalogue } = useSuspenseQuery(catalogueQuery)
  const [draft, keepDraft] = useDraft()
  const go = useGo()
  const find = (rules: Rule[] | undefined) => rules?.find((rule) => rule.id === id)
  const present = find(draft?.policy.rules) ?? find(view.policy.rules)
  const shipped = catalogue.items.find(({ rule }) => rule.id === id)
  const rule = present ?? shipped?.rule
  if (!rule) return <NotFoundPage />
  const review = (next: Rule | undefined) => {
    keepDraft(draftRule(onTopOf(view, draft), id, next))
    go(paths.guardrailReview)
  }
  return (
    <>
      <PageHeader title={rule.title} crumbs={crumbs} description={shipped?.why} />
      <RuleForm key={id} initial={rule} onReview={review} onRemove={present && (() => review(undefined))} />
    </>
  )
}

const blank: Omit<Rule, 'id'> = { title: '', mode: 'enforce', who: [], does: [], requires: {} }

/** A rule of one's own, from nothing. */
export function NewRulePage() {
  const { data: view } = useSuspenseQuery(policyQuery)
  const { data: catalogue } = useSuspenseQuery(catalogueQuery)
  const [draft, keepDraft] = useDraft()
  const go = useGo()
  const review = (rule: Rule) => {
    const base = onTopOf(view, draft)
    const taken = [...base.policy.rules, ...base.base.rules, ...catalogue.items.map((item) => item.rule)]
    const id = ruleIdOf(rule.title, new Set(taken.map((one) => one.id)))
    keepDraft(draftRule(base, id, { ...rule, id }))
    // Back leads to this rule, not to an empty form.
    go(paths.guardrail(id), { replace: true })
    go(paths.guardrailReview)
  }
  return (
    <>
      <PageHeader
        title="New rule"
        crumbs={crumbs}
        description="Say who, doing what, where, must prove it how. You see whom it concerns before it is saved."
      />
      <RuleForm initial={{ id: '', ...blank }} onReview={review} />
    </>
  )
}
