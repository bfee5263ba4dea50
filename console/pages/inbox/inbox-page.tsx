import { IconInbox } from '@tabler/icons-react'
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { inboxPages } from '../../api/inbox.ts'
import { isAway } from '../../api/away.ts'
import { useLive } from '../../api/live.ts'
import { queryClient, refresh } from '../../api/queries.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { RequestRow } from '../../ui/request-row.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { ShortCode } from './short-code.tsx'

export const fetchAhead: FetchAhead = () => [queryClient.ensureInfiniteQueryData(inboxPages)]

/** Everything that waits for my tap, whoever asked and wherever: the oldest deadline first. */
export function InboxPage() {
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(inboxPages)
  useLive(['inbox'], () => {
    if (!isAway()) void refresh('/inbox')
  })
  const items = data.pages.flatMap((page) => page.items)
  return (
    <>
      <PageHeader title="Inbox" description="What waits for your tap, the nearest deadline first." />
      {items.length === 0 ? (
        <EmptyState icon={<IconInbox size={32} />} title="Nothing waits for your tap">
          When somebody needs your approval, when a program of yours needs your tap, or when you press “Use another
          device” somewhere, it stands here.
        </EmptyState>
      ) : (
        <RowList label="What waits for your tap">
          {items.map((item) => (
            <RequestRow key={item.id} item={item} href={paths.sealRequest(item.code)} />
          ))}
        </RowList>
      )}
      <ShowMore hasMore={hasNextPage} isLoading={isFetchingNextPage} onMore={() => void fetchNextPage()} />
      <ShortCode />
    </>
  )
}
