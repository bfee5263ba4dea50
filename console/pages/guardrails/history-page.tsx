import { Anchor, Group, Stack, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { changesPages, policyQuery } from '../../api/policy.ts'
import { queryClient } from '../../api/queries.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { ChangeBy, changeSentence, ChangeState, changeTitle } from './change-state.tsx'

export const fetchAhead: FetchAhead = () => [
  queryClient.fetchInfiniteQuery(changesPages),
  queryClient.ensureQueryData(policyQuery),
]

/** Every version there was, newest first, and what was proposed and came to nothing. */
export function HistoryPage() {
  const changes = useSuspenseInfiniteQuery(changesPages)
  const { data: view } = useSuspenseQuery(policyQuery)
  const items = changes.data.pages.flatMap((page) => page.items)
  return (
    <>
      <PageHeader
        title="History of the guardrails"
        crumbs={[{ label: 'Guardrails', href: paths.guardrails() }]}
        description="Who changed what, when, and who agreed. Any version can be brought back."
      />
      {items.length === 0 ? (
        <EmptyState icon={<IconHistory size={32} />} title="Nobody has changed the guardrails yet">
          Each change stays here with its tap.
        </EmptyState>
      ) : (
        <RowList label="Changes of the guardrails">
          {items.map((change) => (
            <Stack key={change.id} gap={2}>
              <Group gap="xs">
                <Anchor href={paths.guardrailChange(change.id)} fw={600}>
                  {changeTitle(change)}
                </Anchor>
                {(change.version !== null || change.state === 'applied') && (
                  <ChangeState change={change} isInForce={change.version === view.version} />
                )}
              </Group>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {changeSentence(change)}
              </Text>
              <ChangeBy change={change} />
            </Stack>
          ))}
        </RowList>
      )}
      <ShowMore
        hasMore={changes.hasNextPage}
        isLoading={changes.isFetchingNextPage}
        onMore={() => void changes.fetchNextPage()}
      />
    </>
  )
}
