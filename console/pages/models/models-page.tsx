import { SimpleGrid, Stack } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Suspense, useDeferredValue } from 'react'
import { metadataQuery, modelPages } from '../../api/models.ts'
import { policyQuery } from '../../api/policy.ts'
import { queryClient } from '../../api/queries.ts'
import { settingsQuery } from '../../api/settings.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { UrlTextInput } from '../../forms/url-text-input.tsx'
import { paths } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { Section } from '../../ui/section.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useGo, useUrlState } from '../../url-state.ts'
import { DraftBanner } from '../guardrails/draft-banner.tsx'
import { onTopOf, useDraft } from '../guardrails/draft.ts'
import { isSame, statuses } from '../guardrails/policy-edits.ts'
import { CopiedKeys } from './copied-keys.tsx'
import { CountingReports } from './counting-reports.tsx'
import { MetadataCard } from './metadata-card.tsx'
import { ModelList } from './model-list.tsx'

export const fetchAhead: FetchAhead = ({ search: { q = '' } }) => [
  queryClient.fetchQuery(metadataQuery),
  queryClient.fetchQuery(policyQuery),
  queryClient.fetchQuery(settingsQuery),
  queryClient.fetchInfiniteQuery(modelPages(q)),
]

/** What is known of authenticator models, from where, and what is held against one. */
export function ModelsPage() {
  const { data: metadata } = useSuspenseQuery(metadataQuery)
  const { data: view } = useSuspenseQuery(policyQuery)
  const [q] = useUrlState('q', '')
  // While the next list is on its way the former one stays.
  const shown = useDeferredValue(q)
  const [draft, keepDraft] = useDraft()
  const go = useGo()
  const standing = statuses(draft?.policy ?? view.policy)
  const review = (refusedModelStatuses: string[]) => {
    const next = onTopOf(view, draft)
    keepDraft({ ...next, policy: { ...next.policy, refusedModelStatuses } })
    go(paths.guardrailReview)
  }
  return (
    <>
      <PageHeader
        title="Models of keys"
        crumbs={[{ label: 'Guardrails', href: paths.guardrails() }]}
        description="Which keys there are, by their makers’ and FIDO’s word. A key is verified hardware only where its model is known here."
      />
      <Stack gap="xl">
        {draft && !isSame(statuses(draft.base), statuses(draft.policy)) && (
          <DraftBanner draft={draft} onDiscard={() => keepDraft(null)} />
        )}
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm" style={{ alignItems: 'start' }}>
          <MetadataCard metadata={metadata} />
          <Stack gap="sm">
            <CountingReports key={standing.join()} standing={standing} onReview={review} />
            <CopiedKeys />
          </Stack>
        </SimpleGrid>
        {metadata.inForce && (
          <Section title="Models">
            <UrlTextInput
              name="q"
              aria-label="Find a model"
              placeholder="Find by name or AAGUID"
              leftSection={<IconSearch size={16} aria-hidden />}
              w={{ base: '100%', xs: 340 }}
            />
            <Suspense fallback={<RowSkeletons />}>
              <ModelList search={shown} counting={metadata.refusedStatuses} />
            </Suspense>
          </Section>
        )}
      </Stack>
    </>
  )
}
