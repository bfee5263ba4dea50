import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { Person, PersonAdded } from '../../api/shapes.ts'
import { organisationRoleLabel } from '../../forms/role-words.ts'
import { DemoBadge } from '../../ui/demo-badge.tsx'
import { PersonAvatar } from '../../ui/person-avatar.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Vouch } from './vouch.tsx'

interface PersonRowProps {
  person: Person
  isAdmin: boolean
  onLinkMade: (made: PersonAdded) => void
}

export function PersonRow({ person, isAdmin, onLinkMade }: PersonRowProps) {
  const makeLink = useMutation({
    mutationFn: () => api.post<PersonAdded>(`/people/${person.username}/registration-link`),
    onSuccess: onLinkMade,
  })
  const keys = person.credentialCount === 1 ? '1 passkey' : `${person.credentialCount} passkeys`
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="sm">
        <Group wrap="nowrap" gap="sm" miw={0} flex="1 1 280px">
          <PersonAvatar person={person} size="md" />
          <Stack gap={0} miw={0}>
            <Group gap="xs">
              <Text fw={550}>{person.displayName}</Text>
              <Badge variant="default" tt="none" fw={500} size="sm">
                {organisationRoleLabel(person.role)}
              </Badge>
              {person.state === 'ended' && (
                <Badge variant="default" tt="none" size="sm">
                  Ended
                </Badge>
              )}
              <DemoBadge isDemo={person.isDemo} />
            </Group>
            <Text size="sm" c="dimmed" truncate>
              {person.username} · {person.email}
            </Text>
          </Stack>
        </Group>
        <Text size="sm" c="dimmed">
          {person.isDemo ? 'an example' : person.credentialCount === 0 ? 'no passkey yet' : keys}
        </Text>
        {isAdmin && person.state === 'active' && !person.isDemo && person.credentialCount === 0 && (
          <Button size="xs" variant="default" loading={makeLink.isPending} onClick={() => makeLink.mutate()}>
            New link
          </Button>
        )}
      </Group>
      <ProblemAlert error={makeLink.error} />
      {isAdmin && person.unendorsed.map((key) => <Vouch key={key.id} person={person} unendorsed={key} />)}
    </Stack>
  )
}
