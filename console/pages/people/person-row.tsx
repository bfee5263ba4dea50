import { Anchor, Badge, Box, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { Person, PersonAdded } from '../../api/shapes.ts'
import { organisationRoleLabel } from '../../forms/role-words.ts'
import { paths } from '../../paths.ts'
import { DemoBadge } from '../../ui/demo-badge.tsx'
import { PersonAvatar } from '../../ui/person-avatar.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { KeyGlance } from './key-glance.tsx'
import { Vouch } from './vouch.tsx'

interface PersonRowProps {
  person: Person
  isAdmin: boolean
  onLinkMade: (made: PersonAdded) => void
}

/** One person at a glance. */
export function PersonRow({ person, isAdmin, onLinkMade }: PersonRowProps) {
  const makeLink = useMutation({
    mutationFn: () => api.post<PersonAdded>(`/people/${person.username}/registration-link`),
    onSuccess: onLinkMade,
  })
  const needsLink =
    isAdmin && person.kind === 'person' && person.state === 'active' && !person.isDemo && person.credentialCount === 0
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="sm">
        <Group wrap="nowrap" gap="sm" miw={0} flex="1 1 280px">
          <PersonAvatar person={person} size="md" />
          <Stack gap={0} miw={0}>
            <PersonHeading person={person} isLinked={isAdmin} />
            <Text size="sm" c="dimmed" truncate>
              {[person.username, person.email].filter(Boolean).join(' · ')}
            </Text>
          </Stack>
        </Group>
        {isAdmin && (
          <Stack gap={0} w={{ base: '100%', sm: 220 }}>
            <KeyGlance person={person} />
            <Text size="sm" c="dimmed" component="div">
              <LastSeen person={person} />
            </Text>
          </Stack>
        )}
        {isAdmin && (
          <Box w={needsLink ? { base: '100%', sm: 90 } : { base: 0, sm: 90 }}>
            {needsLink && (
              <Button size="xs" variant="default" loading={makeLink.isPending} onClick={() => makeLink.mutate()}>
                New link
              </Button>
            )}
          </Box>
        )}
      </Group>
      <ProblemAlert error={makeLink.error} />
      {isAdmin && person.unendorsed.map((key) => <Vouch key={key.id} person={person} unendorsed={key} />)}
    </Stack>
  )
}

/** Name and what they are here. */
export const PersonHeading = ({ person, isLinked }: { person: Person; isLinked: boolean }) => (
  <Group gap="xs">
    {isLinked ? (
      <Anchor href={paths.person(person.username)} fw={550} c="inherit" style={{ overflowWrap: 'anywhere' }}>
        {person.displayName}
      </Anchor>
    ) : (
      <Text fw={550}>{person.displayName}</Text>
    )}
    <Mark>{person.kind === 'agent' ? 'Agent' : organisationRoleLabel(person.role)}</Mark>
    {person.managedBy && <Mark>{`Managed by ${person.managedBy}`}</Mark>}
    {person.owner && <Mark>{`${person.owner.displayName} answers for it`}</Mark>}
    {person.state === 'ended' && <Mark>Ended</Mark>}
    <DemoBadge isDemo={person.isDemo} />
  </Group>
)

const Mark = ({ children }: { children: string }) => (
  <Badge variant="default" tt="none" fw={500} size="sm">
    {children}
  </Badge>
)

export const LastSeen = ({ person: { lastSeenAt, isDemo } }: { person: Person }) =>
  isDemo ? null : lastSeenAt === null ? (
    'never here'
  ) : (
    <>
      here <TimeAgo at={lastSeenAt} />
    </>
  )
