import { Button, Group, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { pagesQuery } from '../../api/queries.ts'
import type { Group as PersonGroup, GroupMember } from '../../api/shapes.ts'
import { PersonName } from '../../ui/person-avatar.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RemovablePerson } from '../../ui/removable-person.tsx'
import { ShowMore } from '../../ui/show-more.tsx'

/** Who is in a group: the first of them at once, the others when they are asked for. */
export function useGroupMembers(group: PersonGroup) {
  const [isWhole, setWhole] = useState(false)
  const path = `/groups/${encodeURIComponent(group.name)}/members`
  const all = useInfiniteQuery({ ...pagesQuery<GroupMember>(path), enabled: isWhole })
  const shown = all.data?.pages.flatMap(({ items }) => items) ?? group.members
  return { shown, all, askForAll: () => setWhole(true) }
}

interface GroupMembersProps {
  group: PersonGroup
  members: ReturnType<typeof useGroupMembers>
  /** Without it nobody can be taken out here. */
  onRemove?: (username: string) => void
}

export function GroupMembers({ group, members: { shown, all, askForAll }, onRemove }: GroupMembersProps) {
  const others = group.memberCount - group.members.length
  return (
    <>
      <Group gap="xs">
        {group.memberCount === 0 && <Text c="dimmed">Nobody is in it yet.</Text>}
        {shown.map((person) =>
          onRemove ? (
            <RemovablePerson
              key={person.id}
              person={person}
              label={`Take ${person.displayName} out of ${group.name}`}
              onRemove={() => onRemove(person.username)}
            />
          ) : (
            <PersonName key={person.id} person={person} />
          ),
        )}
        {others > 0 && all.data === undefined && (
          <Button variant="subtle" size="compact-sm" loading={all.isFetching} onClick={askForAll}>
            {others === 1 ? 'and one more' : `and ${others} more`}
          </Button>
        )}
      </Group>
      <ProblemAlert error={all.error} />
      <ShowMore hasMore={all.hasNextPage} isLoading={all.isFetchingNextPage} onMore={() => void all.fetchNextPage()} />
    </>
  )
}
