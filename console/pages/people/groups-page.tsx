import { Button, Stack } from '@mantine/core'
import { IconPlus, IconUsersGroup } from '@tabler/icons-react'
import { pagesQuery, queryClient } from '../../api/queries.ts'
import type { Group } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { SearchedList, useSearchedList } from '../../forms/searched-list.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useUrlState } from '../../url-state.ts'
import { GroupCard } from './group-card.tsx'
import { NewGroup } from './new-group.tsx'
import { PeopleTabs } from './people-tabs.tsx'

const groupsQuery = (q: string) => pagesQuery<Group>('/groups', { q })

export const fetchAhead: FetchAhead = ({ search: { q = '' } }) => [queryClient.ensureInfiniteQueryData(groupsQuery(q))]

/** Groups gather people, so that a role is given once. */
export function GroupsPage() {
  const isAdmin = isAdministrator(useMe())
  const searched = useSearchedList(groupsQuery)
  const [isNew, setNew] = useUrlState<'yes' | ''>('new', '')
  const newButton = isAdmin && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setNew('yes')}>
      New group
    </Button>
  )
  return (
    <>
      <PageHeader title="Groups" action={!searched.isEmpty && newButton} />
      <PeopleTabs here="groups" />
      <SearchedList
        searched={searched}
        what="group"
        nothing={
          <EmptyState icon={<IconUsersGroup size={32} />} title="No groups yet" action={newButton}>
            {isAdmin
              ? 'Give a role to a group once, instead of to each of its people.'
              : 'An administrator makes groups and adds people to them.'}
          </EmptyState>
        }
      >
        <Stack>
          {searched.items.map((group) => (
            <GroupCard key={group.id} group={group} isAdmin={isAdmin} />
          ))}
        </Stack>
      </SearchedList>
      <NewGroup isOpen={isAdmin && isNew === 'yes'} onClose={() => setNew('')} />
    </>
  )
}
