import { Badge, Group, Select, Stack, Text } from '@mantine/core'
import { IconSearch, IconUsersGroup } from '@tabler/icons-react'
import { useMutation, useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { useDeferredValue } from 'react'
import { api } from '../../api/client.ts'
import { pagesQuery, refresh } from '../../api/queries.ts'
import type { ConnectionGroup, ConnectionView } from '../../api/shapes.ts'
import { UrlTextInput } from '../../forms/url-text-input.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { TryAgain } from '../../ui/try-again.tsx'
import { useUrlState } from '../../url-state.ts'
import { connectionPath, connectionsPath } from './connection-queries.ts'

const roles = [
  { value: 'none', label: 'No role by itself' },
  { value: 'guest', label: 'Guest' },
  { value: 'member', label: 'Member' },
  { value: 'admin', label: 'Administrator' },
]

/** The groups a directory brought, each with the role in the organisation that its members get. */
export function ConnectionGroups({ connection }: { connection: ConnectionView }) {
  const [q] = useUrlState('q', '')
  const path = `${connectionPath(connection.id)}/groups`
  const groups = useSuspenseInfiniteQuery(pagesQuery<ConnectionGroup>(path, { q: useDeferredValue(q) }))
  const change = useMutation({
    mutationFn: ({ name, role }: { name: string; role: string }) =>
      api.patch(`/groups/${encodeURIComponent(name)}`, { organisationRole: role === 'none' ? null : role }),
    onSuccess: () => Promise.all([refresh(connectionsPath), refresh('/groups')]),
  })
  const rows = groups.data.pages.flatMap(({ items }) => items)
  if (rows.length === 0 && q === '')
    return (
      <EmptyState icon={<IconUsersGroup size={32} />} title="It has brought no groups yet">
        Push a group from the directory: then it can stand in guardrails and be given roles in projects and here.
      </EmptyState>
    )
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Who is in a group is decided in the directory. Roles in projects and repositories are given to a group under
        their members. Each change here takes a tap.
      </Text>
      <UrlTextInput
        name="q"
        aria-label="Find a group"
        placeholder="Find a group"
        leftSection={<IconSearch size={16} aria-hidden />}
        w={{ base: '100%', xs: 340 }}
      />
      <ProblemAlert error={change.error} action={<TryAgain act={change} />} />
      {rows.length === 0 ? (
        <EmptyState title={`No group matches “${q}”`} />
      ) : (
        <RowList label="Groups of this directory">
          {rows.map((group) => (
            <GroupRow
              key={group.name}
              group={group}
              isBusy={change.isPending && change.variables.name === group.name}
              onRole={(role) => change.mutate({ name: group.name, role })}
            />
          ))}
        </RowList>
      )}
      <ShowMore
        hasMore={groups.hasNextPage}
        isLoading={groups.isFetchingNextPage}
        onMore={() => void groups.fetchNextPage()}
      />
    </Stack>
  )
}

function GroupRow(props: { group: ConnectionGroup; isBusy: boolean; onRole: (role: string) => void }) {
  const { name, displayName, members, organisationRole, isRequired } = props.group
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={2} miw={0} flex="1 1 240px">
        <Group gap="xs">
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {displayName}
          </Text>
          {isRequired && (
            <Badge variant="default" tt="none" fw={500}>
              required to be here
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {members.toLocaleString('en')} {members === 1 ? 'person' : 'people'}
          {name !== displayName && ` · here called ${name}`}
        </Text>
      </Stack>
      <Select
        aria-label={`Role in the organisation of ${displayName}`}
        data={roles}
        value={organisationRole ?? 'none'}
        allowDeselect={false}
        disabled={props.isBusy}
        w={200}
        onChange={(role) => role !== null && role !== (organisationRole ?? 'none') && props.onRole(role)}
      />
    </Group>
  )
}
