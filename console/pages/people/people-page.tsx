import { Button, Group, Stack } from '@mantine/core'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { pagesQuery, queryClient } from '../../api/queries.ts'
import type { Person, PersonAdded } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { UrlTextInput } from '../../forms/url-text-input.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { AddPerson } from './add-person.tsx'
import { LinkMade } from './link-made.tsx'
import { PeopleTabs } from './people-tabs.tsx'
import { PersonRow } from './person-row.tsx'

const peopleQuery = (q: string) => pagesQuery<Person>('/people', { q })

export const fetchAhead: FetchAhead = ({ search: { q = '' } }) => [queryClient.ensureInfiniteQueryData(peopleQuery(q))]

/** Who is in, by name. Administrators add people, and vouch for passkeys that came in by a link. */
export function PeoplePage() {
  const isAdmin = isAdministrator(useMe())
  const { q = '', add } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  const [made, setMade] = useState<PersonAdded | null>(null)
  return (
    <>
      <PageHeader
        title="People"
        action={
          isAdmin && (
            <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setQuery({ add: 'yes' })}>
              Add a person
            </Button>
          )
        }
      />
      <PeopleTabs here="people" />
      <Stack>
        {made && <LinkMade made={made} onClose={() => setMade(null)} />}
        <Group>
          <UrlTextInput
            name="q"
            aria-label="Find people"
            placeholder="Find by name, username or e-mail"
            leftSection={<IconSearch size={16} aria-hidden />}
            w={{ base: '100%', xs: 340 }}
          />
        </Group>
        <Suspense fallback={<RowSkeletons />}>
          <PeopleList q={q} isAdmin={isAdmin} onLinkMade={setMade} />
        </Suspense>
      </Stack>
      <AddPerson
        isOpen={isAdmin && add === 'yes'}
        onClose={() => setQuery({ add: null })}
        onAdded={(added) => {
          setQuery({ add: null })
          setMade(added)
        }}
      />
    </>
  )
}

interface PeopleListProps {
  q: string
  isAdmin: boolean
  onLinkMade: (made: PersonAdded) => void
}

function PeopleList({ q, isAdmin, onLinkMade }: PeopleListProps) {
  const people = useSuspenseInfiniteQuery(peopleQuery(q))
  const rows = people.data.pages.flatMap(({ items }) => items)
  if (rows.length === 0) return <EmptyState title={`Nobody matches “${q}”`} />
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
