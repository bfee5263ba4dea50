import { Button, Stack } from '@mantine/core'
import { IconPlus, IconUsersGroup } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { Group, Items } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useFirstOnes } from '../../ui/whole-list.tsx'
import { useUrlState } from '../../url-state.ts'
import { GroupCard } from './group-card.tsx'
import { NewGroup } from './new-group.tsx'
import { PeopleTabs } from './people-tabs.tsx'

const groupsQuery = getQuery<Items<Group>>('/groups')

export const fetchAhead: FetchAhead = () => [queryClient.ensureQueryData(groupsQuery)]

/** Groups gather people, so that a role is given once. */
export function GroupsPage() {
  const isAdmin = isAdministrator(useMe())
  const { data } = useSuspenseQuery(groupsQuery)
  const { shown, more } = useFirstOnes(data.items)
  const [isNew, setNew] = useUrlState<'yes' | ''>('new', '')
  const newButton = isAdmin && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setNew('yes')}>
      New group
    </Button>
  )
  return (
    <>
      <PageHeader title="Groups" action={data.items.length > 0 && newButton} />
      <PeopleTabs here="groups" />
      {data.items.length === 0 ? (
        <EmptyState icon={<IconUsersGroup size={32} />} title="No groups yet" action={newButton}>
          {isAdmin
            ? 'Give a role to a group once, instead of to each of its people.'
            : 'An administrator makes groups and adds people to them.'}
        </EmptyState>
      ) : (
        <Stack>
          {shown.map((group) => (
            <GroupCard key={group.id} group={group} isAdmin={isAdmin} />
          ))}
          {more}
        </Stack>
      )}
      <NewGroup isOpen={isAdmin && isNew === 'yes'} onClose={() => setNew('')} />
    </>
  )
}
