import { useInfiniteQuery } from '@tanstack/react-query'
import { pagesQuery } from '../../api/queries.ts'
import type { DeliverySummary } from '../../api/shapes.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { DeliveryRow } from './delivery-row.tsx'
import { isSoon, lookAgainMs } from './look-again.ts'

/** What was sent, newest first; the one in the URL is open. */
export function DeliveryList({ path, isActive }: { path: string; isActive: boolean }) {
  const list = useInfiniteQuery({
    ...pagesQuery<DeliverySummary>(`${path}/deliveries`),
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some(isSoon)) === true ? lookAgainMs : false,
  })
  const { delivery: open } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  const deliveries = list.data?.pages.flatMap(({ items }) => items) ?? []
  if (list.isPending) return <RowSkeletons />
  if (list.error) return <ProblemAlert error={list.error} />
  if (deliveries.length === 0)
    return <EmptyState title="Nothing sent yet">What happens from now on shows here; or send a test.</EmptyState>
  return (
    <>
      <RowList label="Deliveries">
        {deliveries.map((delivery) => (
          <DeliveryRow
            key={delivery.id}
            path={path}
            delivery={delivery}
            isOpen={delivery.id === open}
            isActive={isActive}
            onToggle={() => setQuery({ delivery: delivery.id === open ? null : delivery.id })}
          />
        ))}
      </RowList>
      <ShowMore
        hasMore={list.hasNextPage}
        isLoading={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
      />
    </>
  )
}
