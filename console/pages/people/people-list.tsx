import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { pagesQuery } from '../../api/queries.ts'
import type { Person, PersonAdded } from '../../api/shapes.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { nobodyWords } from './people-filter-words.ts'
import { PersonRow } from './person-row.tsx'

export const peopleQuery = (filter: string, q: string) => pagesQuery<Person>('/people', { filter, q })

interface PeopleListProps {
  filter: string
  q: string
  isAdmin: boolean
  onLinkMade: (made: PersonAdded) => void
}

export function PeopleList({ filter, q, isAdmin, onLinkMade }: PeopleListProps) {
  const people = useSuspenseInfiniteQuery(peopleQuery(filter, q))
  const rows = people.data.pages.flatMap(({ items }) => items)
  if (rows.length === 0) return <EmptyState title={q ? `Nobody matches “${q}”` : (nobodyWords[filter] ?? 'Nobody')} />
  return (
    <>
      <RowList label="People">
        {rows.map((person) => (
          <PersonRow key={person.id} person={person} isAdmin={isAdmin} onLinkMade={onLinkMade} />
        ))}
      </RowList>
      <ShowMore
        hasMore={people.hasNextPage}
        isLoading={people.isFetchingNextPage}
        onMore={() => void people.fetchNextPage()}
      />
    </>
  )
}
