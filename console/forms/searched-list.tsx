import { Stack } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useDeferredValue } from 'react'
import type { pagesQuery } from '../api/queries.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { ShowMore } from '../ui/show-more.tsx'
import { useUrlState } from '../url-state.ts'
import { UrlTextInput } from './url-text-input.tsx'

/** A list that is searched by `q` in the address. */
export function useSearchedList<Item>(queryOf: (q: string) => ReturnType<typeof pagesQuery<Item>>) {
  // The list of before stands until the next is there; all that is said here is said of the one that stands.
  const q = useDeferredValue(useUrlState('q', '')[0])
  const list = useSuspenseInfiniteQuery(queryOf(q))
  const items = list.data.pages.flatMap((page) => page.items)
  return { q, list, items, isEmpty: items.length === 0 && q === '' }
}

interface SearchedListProps {
  searched: ReturnType<typeof useSearchedList>
  /** One of its items, as in “project”. */
  what: string
  /** What stands there while there are none at all. */
  nothing: ReactNode
  /** The items. */
  children: ReactNode
}

/** Its items and the way to more of them. What fits on its first page is looked through by eye, and has no field. */
export function SearchedList({ searched: { q, list, items, isEmpty }, what, nothing, children }: SearchedListProps) {
  const label = `Find a ${what}`
  const isLong = list.hasNextPage || list.data.pages.length > 1
  return (
    <>
      {(q !== '' || isLong) && (
        <UrlTextInput
          name="q"
          aria-label={label}
          placeholder={label}
          leftSection={<IconSearch size={16} aria-hidden />}
          w={{ base: '100%', xs: 340 }}
          mb="md"
        />
      )}
      {isEmpty ? (
        nothing
      ) : items.length === 0 ? (
        <EmptyState title={`No ${what} matches “${q}”`} />
      ) : (
        <Stack gap={0}>
          {children}
          <ShowMore
            hasMore={list.hasNextPage}
            isLoading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
        </Stack>
      )}
    </>
  )
}
