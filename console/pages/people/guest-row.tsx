import { Anchor, Group, Stack, Text } from '@mantine/core'
import type { GuestReview } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { dayWords } from '../../ui/plain-words.ts'
import { PersonAvatar } from '../../ui/person-avatar.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { EndAccessButton } from './ending/end-access-dialog.tsx'
import { ExtendGuest } from './extend-guest.tsx'
import { KeyGlance } from './key-glance.tsx'
import { LastSeen } from './person-row.tsx'
import { reachedWords } from './reached-words.ts'

/** A guest as whoever looks through them wants to see them: who answers, what they reach, when they were here, when it ends. */
export function GuestRow({ guest, isAdmin }: { guest: GuestReview; isAdmin: boolean }) {
  const { person } = guest
  const { endsAt, sponsor } = person
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <Group wrap="nowrap" align="flex-start" gap="sm" miw={0} flex="1 1 320px">
        <PersonAvatar person={person} size="md" />
        <Stack gap={2} miw={0}>
          <Anchor href={paths.person(person.username)} fw={550} c="inherit">
            {person.displayName}
          </Anchor>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {person.email}
          </Text>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {reachedWords(guest) || 'Reaches nothing'}
          </Text>
          <Text size="sm" c="dimmed">
            {sponsor === null ? 'Nobody answers for them' : `${sponsor.displayName} answers for them`}
          </Text>
        </Stack>
      </Group>
      <Stack gap={0} w={{ base: '100%', sm: 200 }}>
        <Text size="sm" fw={550} component="div">
          {endsAt === null ? (
            'No end date'
          ) : (
            <>
              Ends <TimeAgo at={endsAt} />
            </>
          )}
        </Text>
        {endsAt !== null && (
          <Text size="sm" c="dimmed">
            {dayWords(endsAt)}
          </Text>
        )}
        <KeyGlance person={person} />
        <Text size="sm" c="dimmed" component="div">
          <LastSeen person={person} />
        </Text>
      </Stack>
      <Group gap="xs">
        <ExtendGuest person={person} />
        {isAdmin && <EndAccessButton person={person} />}
      </Group>
    </Group>
  )
}
