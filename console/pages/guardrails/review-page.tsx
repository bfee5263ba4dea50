import { Alert, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { explainQuery, policyQuery } from '../../api/policy.ts'
import { queryClient } from '../../api/queries.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { type Draft, useDraft } from './draft.ts'
import { MovedPanel } from './moved-panel.tsx'
import { NoDraft } from './no-draft.tsx'
import { ReviewChanges } from './review-changes.tsx'
import { ReviewMeaning } from './review-meaning.tsx'
import { SaveDraft } from './save-draft.tsx'

export const fetchAhead: FetchAhead = () => [queryClient.fetchQuery(policyQuery)]

/** What a change would mean, before it is made: what changes, whom it concerns, what it would have refused. */
export function ReviewPage() {
  const [draft, keepDraft] = useDraft()
  return (
    <>
      <PageHeader
        title="Review before saving"
        crumbs={[{ label: 'Guardrails', href: paths.guardrails() }]}
        description="Nothing is in force yet."
      />
      {draft ? <Review draft={draft} onChange={keepDraft} /> : <NoDraft />}
    </>
  )
}

function Review({ draft, onChange }: { draft: Draft; onChange: (draft: Draft | null) => void }) {
  const { data: view } = useSuspenseQuery(policyQuery)
  const explained = useQuery(explainQuery(draft.policy))
  const explanation = explained.data
  const hasMoved = view.version !== draft.basedOn
  const ids = new Set(draft.policy.rules.map(({ id }) => id))
  const general = (explanation?.problems ?? []).filter(({ rule }) => !ids.has(rule))
  return (
    <Stack gap="xl">
      {hasMoved && <MovedPanel draft={draft} view={view} onRebased={onChange} />}
      {general.map(({ message }) => (
        <Alert
          key={message}
          role="alert"
          color="red"
          icon={<IconAlertTriangle />}
          title="This cannot be saved as it is"
        >
          {message}
        </Alert>
      ))}
      <ReviewChanges draft={draft} problems={explanation?.problems ?? []} onChange={onChange} />
      <ReviewMeaning policy={draft.policy} />
      <SaveDraft
        draft={draft}
        reason={
          hasMoved
            ? 'Review it on top of what was changed meanwhile first'
            : explained.isPending
              ? 'Wait until you see whom it concerns'
              : explained.isError
                ? 'It could not be looked at: see above'
                : explanation?.problems.length
                  ? 'Mend what is said above first'
                  : null
        }
        hasProblems={(explanation?.problems.length ?? 0) > 0}
        onChange={onChange}
      />
      <Text size="sm" c="dimmed">
        This review stays in this tab until you save or discard it, also after a reload.
      </Text>
    </Stack>
  )
}
