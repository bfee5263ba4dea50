import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { getQuery, refresh } from '../../api/queries.ts'
import type { Group as PersonGroup, PersonDetail } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { PersonSelect } from '../../forms/person-select.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { DemoBadge } from '../../ui/demo-badge.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { TryAgain } from '../../ui/try-again.tsx'
import { useGo } from '../../url-state.ts'
import { GroupNews } from '../announcements/group-news.tsx'
import { NewAnnouncement } from '../announcements/new-announcement.tsx'
import { GroupMembers, useGroupMembers } from './group-members.tsx'

const roleWords = { admin: 'an administrator', member: 'a member', guest: 'a guest' } as const

interface GroupCardProps {
  group: PersonGroup
  isAdmin: boolean
}

export function GroupCard({ group, isAdmin }: GroupCardProps) {
  const [isAsking, setAsking] = useState(false)
  const [isTelling, setTelling] = useState(false)
  const go = useGo()
  const [chosen, setChosen] = useState<string | null>(null)
  const members = useGroupMembers(group)
  // The card shows the first of a large group; whether somebody is among the others, their own page knows.
  const { data: asked } = useQuery({
    ...getQuery<PersonDetail>(`/people/${encodeURIComponent(chosen ?? '')}`),
    enabled: chosen !== null,
  })
  const isIn = asked?.groups.includes(group.name) === true
  const mayChange = isAdmin && !group.isManaged
  const path = `/groups/${encodeURIComponent(group.name)}`
  const change = useMutation({
    mutationFn: ({ username, isIn }: { username: string; isIn: boolean }) =>
      isIn ? api.put(`${path}/members/${username}`) : api.delete(`${path}/members/${username}`),
    // Who was chosen stays until the server has taken them.
    onSuccess: (_, { isIn }) => {
      if (isIn) setChosen(null)
      return Promise.all([refresh('/groups'), refresh('/people')])
    },
  })
  const remove = useMutation({ mutationFn: () => api.delete(path), onSuccess: () => refresh('/groups') })
  return (
    <Paper withBorder p="md" component="section" aria-label={group.name}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Group gap="xs">
            <Title order={2}>{group.name}</Title>
            <DemoBadge isDemo={group.isDemo} />
          </Group>
          {isAdmin && (
            <Group gap="xs">
              <ReasonedButton
                size="xs"
                variant="default"
                reason={group.memberCount === 0 ? 'Nobody is in it yet' : null}
                onClick={() => setTelling(true)}
              >
                Tell them
              </ReasonedButton>
              {mayChange && (
                <Button size="xs" variant="default" onClick={() => setAsking(true)}>
                  Delete
                </Button>
              )}
            </Group>
          )}
        </Group>
        {group.description && <Text c="dimmed">{group.description}</Text>}
        {(group.isManaged || group.organisationRole !== null) && (
          <Text size="sm" c="dimmed">
            {[
              ...(group.isManaged ? ['Your directory says who is in it.'] : []),
              ...(group.organisationRole === null
                ? []
                : [`Makes everybody in it ${roleWords[group.organisationRole]}.`]),
            ].join(' ')}
          </Text>
        )}
        {isAdmin && <GroupNews group={group.name} />}
        <GroupMembers
          group={group}
          members={members}
          {...(mayChange ? { onRemove: (username: string) => change.mutate({ username, isIn: false }) } : {})}
        />
        <ProblemAlert error={change.error} action={<TryAgain act={change} />} />
        {mayChange && (
          <Group gap="xs">
            <PersonSelect
              aria-label={`Add a person to ${group.name}`}
              placeholder="Add a person"
              value={chosen}
              without={members.shown.map(({ username }) => username)}
              onChange={setChosen}
              disabled={change.isPending}
              flex="0 1 320px"
            />
            {chosen && (
              <ReasonedButton
                reason={isIn ? `${asked.person.displayName} is in this group already` : null}
                onClick={() => change.mutate({ username: chosen, isIn: true })}
                loading={change.isPending && change.variables.isIn}
              >
                Add with a tap
              </ReasonedButton>
            )}
          </Group>
        )}
      </Stack>
      <NewAnnouncement
        group={group.name}
        isOpen={isTelling}
        onClose={() => setTelling(false)}
        onMade={({ id }) => go(paths.announcement(id))}
      />
      <ConfirmDialog
        isOpen={isAsking}
        title={`Delete the group ${group.name}?`}
        confirmLabel="Delete with a tap"
        act={remove}
        onClose={() => setAsking(false)}
      >
        Its people stay. What they could do only through this group, they can no longer do.
      </ConfirmDialog>
    </Paper>
  )
}
