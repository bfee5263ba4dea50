import { Button, Group, Stack } from '@mantine/core'
import { IconBinaryTree, IconFilterOff } from '@tabler/icons-react'
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { Suspense } from 'react'
import { pagesQuery, queryClient } from '../../api/queries.ts'
import type { AuditEventView } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useUrlQuery } from '../../url-state.ts'
import { auditQuery } from './audit-query.ts'
import { AuditFilters } from './audit-filters.tsx'
import { AuditEvents } from './audit-events.tsx'
import { ExportButton } from './export-button.tsx'

const eventsQuery = (filters: ReturnType<typeof auditQuery>) => ({
  ...pagesQuery<AuditEventView>('/audit', filters),
  staleTime: 2000,
})

export const fetchAhead: FetchAhead = ({ search }) => [queryClient.fetchInfiniteQuery(eventsQuery(auditQuery(search)))]

/** Everything that happened, newest first, in sentences. The filters stand in the URL, so that a view can be shared. */
export function AuditPage() {
  const me = useMe()
  const filters = auditQuery(useUrlQuery())
  return (
    <>
      <PageHeader
        title="Audit"
        description="Who did what, when, and how strongly it was proven."
        action={
          isAdministrator(me) && (
            <Group gap="xs">
              <Button
                component="a"
                href={paths.ledger}
                variant="default"
                leftSection={<IconBinaryTree size={18} aria-hidden />}
              >
                Ledger
              </Button>
              <ExportButton />
            </Group>
          )
        }
      />
      <Stack>
        <AuditFilters />
        <Suspense fallback={<RowSkeletons rows={8} height={36} />} key={JSON.stringify(filters)}>
          <Results filters={filters} />
        </Suspense>
      </Stack>
    </>
  )
}

function Results({ filters }: { filters: ReturnType<typeof auditQuery> }) {
  const list = useSuspenseInfiniteQuery(eventsQuery(filters))
  const events = list.data.pages.flatMap(({ items }) => items)
  if (events.length === 0 && !list.hasNextPage) {
    return <EmptyState icon={<IconFilterOff size={32} />} title="Nothing matches these filters" />
  }
  return (
    <>
      {events.length === 0 ? (
        <EmptyState title="Nothing so far">
          Many events were looked through, and none of them matches these filters. There are older ones.
        </EmptyState>
      ) : (
        <AuditEvents events={events} />
      )}
      <Group justify="center">
        <ShowMore
          hasMore={list.hasNextPage}
          isLoading={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
        />
      </Group>
    </>
  )
}
