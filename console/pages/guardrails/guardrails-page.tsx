import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconPlus } from '@tabler/icons-react'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { catalogueQuery, countsQuery, policyQuery } from '../../api/policy.ts'
import { queryClient } from '../../api/queries.ts'
import type { Rule } from '../../api/shapes.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { useGo, useUrlState } from '../../url-state.ts'
import { DraftBanner } from './draft-banner.tsx'
import { draftRule, onTopOf, useDraft } from './draft.ts'
import { FloorCard } from './floor-card.tsx'
import { ModelsLink } from './models-link.tsx'
import { OwnRules } from './own-rules.tsx'
import { listEdits } from './policy-edits.ts'
import { PolicyFile } from './policy-file.tsx'
import { RuleList } from './rule-list.tsx'
import { WaitingBanner } from './waiting-banner.tsx'

export const fetchAhead: FetchAhead = () => [
  queryClient.ensureQueryData(policyQuery),
  queryClient.ensureQueryData(catalogueQuery),
]

/** What is asked of whom, as cards with a switch. Every change is reviewed before it is saved. */
export function GuardrailsPage() {
  const { data: view } = useSuspenseQuery(policyQuery)
  const { data: catalogue } = useSuspenseQuery(catalogueQuery)
  const counts = useQuery(countsQuery)
  const [draft, keepDraft] = useDraft()
  const [saved] = useUrlState('saved', '')
  const go = useGo()

  const inForce = new Map(view.policy.rules.map((rule) => [rule.id, rule]))
  const shipped = catalogue.items.map(({ rule, why }) => ({
    rule: inForce.get(rule.id) ?? rule,
    isPresent: inForce.has(rule.id),
    why,
  }))
  const own = view.policy.rules
    .filter(({ id }) => !catalogue.items.some(({ rule }) => rule.id === id))
    .map((rule) => ({ rule, isPresent: true }))
  const review = (rule: Rule) => {
    keepDraft(draftRule(onTopOf(view, draft), rule.id, rule))
    go(paths.guardrailReview)
  }
  const shared = {
    counts: counts.data?.items ?? [],
    inDraft: new Set(draft ? listEdits(draft.base, draft.policy).map(({ id }) => id) : []),
    onSwitch: review,
  }
  return (
    <>
      <PageHeader
        title="Guardrails"
        description="How strongly people must prove who they are: who, for what, where. Each change says whom it concerns before it is saved."
        action={
          <Group gap="xs">
            <Button component="a" href={paths.newGuardrail} leftSection={<IconPlus size={18} aria-hidden />}>
              New rule
            </Button>
            <Button component="a" href={paths.guardrailHistory} variant="default">
              History
            </Button>
            <PolicyFile />
          </Group>
        }
      />
      <Stack gap="xl">
        {saved && !draft && (
          <Alert color="teal" icon={<IconCheck />} role="status">
            Saved. Version {saved} is in force.
          </Alert>
        )}
        {view.waiting.map((change) => (
          <WaitingBanner key={change.id} change={change} />
        ))}
        {draft && <DraftBanner draft={draft} onDiscard={() => keepDraft(null)} />}
        <Stack gap="sm">
          <FloorCard />
          <RuleList label="Ready-made guardrails" entries={shipped} {...shared} />
        </Stack>
        <OwnRules entries={own} {...shared} />
        <ModelsLink />
        <Text size="sm" c="dimmed">
          {view.version === 0 ? 'Nobody has changed the guardrails yet.' : `Version ${view.version} is in force.`}
        </Text>
      </Stack>
    </>
  )
}
