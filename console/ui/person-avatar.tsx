import { Avatar, Group, Text } from '@mantine/core'
import type { PersonRef } from '../api/shapes.ts'
import { initials } from './initials.ts'

type Named = Pick<PersonRef, 'username' | 'displayName'>

/** Initials; decoration beside a name, so silent for a screen reader. */
export const PersonAvatar = ({ person, size = 'sm' }: { person: Named; size?: 'xs' | 'sm' | 'md' | 'lg' }) => (
  <Avatar
    size={{ xs: 20, sm: 26, md: 34, lg: 44 }[size]}
    color="gray"
    variant="default"
    title={`${person.displayName} (${person.username})`}
    aria-hidden
  >
    {initials(person.displayName)}
  </Avatar>
)

/** Avatar and name on one line. */
export const PersonName = ({ person, size = 'sm' }: { person: Named; size?: 'xs' | 'sm' | 'md' }) => (
  <Group gap={8} wrap="nowrap" display="inline-flex">
    <PersonAvatar person={person} size={size} />
    <Text span inherit truncate title={person.username}>
      {person.displayName}
    </Text>
  </Group>
)
