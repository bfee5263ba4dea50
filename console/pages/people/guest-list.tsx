import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { pagesQuery } from '../../api/queries.ts'
import type { GuestReview } from '../../api/shapes.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { GuestRow } from './guest-row.tsx'
import { nobodyWords } from './people-filter-words.ts'

export const guestsQuery = (filter: string, q: string) => pagesQuery<GuestReview>('/guests', { filter, q })

/** Guests, the first to leave first. */
export function GuestList({ filter, q, isAdmin }: { filter: string; q: string; isAdmin: boolean }) {
  const guests = useSuspenseInfiniteQuery(guestsQuery(filter, q))
  const rows = guests.data.pages.flatMap(({ items }) => items)
  if (rows.length === 0)
    return (
      <EmptyState title={q ? `No guest matches “${q}”` : (nobodyWords[filter] ?? 'Nobody')}>
        {isAdmin &&
          !q &&
          filter === 'guests' &&
          'A guest sees what is public and what they were given, and their access ends by itself. Invite somebody as a guest.'}
      </EmptyState>
    )
  return (
    <>
      <RowList label="Guests">
        {rows.map((guest) => (
          <GuestRow key={guest.person.id} guest={guest} isAdmin={isAdmin} />
        ))}
      </RowList>
      <ShowMore
        hasMore={guests.hasNextPage}
        isLoading={guests.isFetchingNextPage}
        onMore={() => void guests.fetchNextPage()}
      />
    </>
  )
}
