import { Button, Stack } from '@mantine/core'
import { IconPlus, IconUsersGroup } from '@tabler/icons-react'
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { useDeferredValue } from 'react'
import { pagesQuery, queryClient } from '../../api/queries.ts'
import type { Group } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { FindInList } from '../../forms/find-in-list.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { useUrlState } from '../../url-state.ts'
import { GroupCard } from './group-card.tsx'
import { NewGroup } from './new-group.tsx'
import { PeopleTabs } from './people-tabs.tsx'

const groupsQuery = (q: string) => pagesQuery<Group>('/groups', { q })

export const fetchAhead: FetchAhead = ({ search: { q = '' } }) => [queryClient.ensureInfiniteQueryData(groupsQuery(q))]

/** Groups gather people, so that a role is given once. */
export function GroupsPage() {
  const isAdmin = isAdministrator(useMe())
  // The list of before stands until the next is there; all that is said here is said of the one that stands.
  const q = useDeferredValue(useUrlState('q', '')[0])
  const list = useSuspenseInfiniteQuery(groupsQuery(q))
  const groups = list.data.pages.flatMap(({ items }) => items)
  const isEmpty = groups.length === 0 && q === ''
  const [isNew, setNew] = useUrlState<'yes' | ''>('new', '')
  const newButton = isAdmin && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setNew('yes')}>
      New group
    </Button>
  )
  return (
    <>
      <PageHeader title="Groups" action={!isEmpty && newButton} />
      <PeopleTabs here="groups" />
      <FindInList label="Find a group" q={q} list={list} />
      {isEmpty ? (
        <EmptyState icon={<IconUsersGroup size={32} />} title="No groups yet" action={newButton}>
          {isAdmin
            ? 'Give a role to a group once, instead of to each of its people.'
            : 'An administrator makes groups and adds people to them.'}
        </EmptyState>
      ) : groups.length === 0 ? (
        <EmptyState title={`No group matches “${q}”`} />
      ) : (
        <Stack>
          {groups.map((group) => (
            <GroupCard key={group.id} group={group} isAdmin={isAdmin} />
          ))}
          <ShowMore
            hasMore={list.hasNextPage}
            isLoading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
        </Stack>
      )}
      <NewGroup isOpen={isAdmin && isNew === 'yes'} onClose={() => setNew('')} />
    </>
  )
}
