import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconSpeakerphone } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { AnnouncementView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { dayWords } from '../../ui/plain-words.ts'
import { strengthWords } from '../../ui/strength-words.ts'
import { ownAnnouncementsQuery } from './announcements.ts'

/** What my groups are told, until I put it away. */
export function OwnAnnouncements() {
  const { data } = useQuery(ownAnnouncementsQuery)
  return data?.items.map((announcement) => <OwnAnnouncement key={announcement.id} announcement={announcement} />)
}

function OwnAnnouncement({ announcement }: { announcement: AnnouncementView }) {
  const { id, title, body, asksFor, dueAt, by, group, isDone } = announcement
  const seen = useMutation({
    mutationFn: (putAway: boolean) => api.post(`/me/announcements/${id}/seen`, { putAway }),
    onSuccess: (_, putAway) => (putAway ? refresh('/me/announcements') : undefined),
  })
  const { mutate } = seen
  useEffect(() => mutate(false), [mutate, id])
  return (
    <Alert variant="light" icon={<IconSpeakerphone />} title={title}>
      <Stack gap="xs">
        {body && <Text style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{body}</Text>}
        <Text size="sm" c="dimmed">
          {by.displayName}, to everybody in {group}
        </Text>
        {asksFor !== null && (
          <Text size="sm">
            {isDone
              ? 'You have such a key already: there is nothing to do.'
              : `Please add ${strengthWords[asksFor]}${dueAt === null ? '' : ` by ${dayWords(dueAt)}`}: two taps.`}
          </Text>
        )}
        <Group gap="xs">
          {asksFor !== null && !isDone && (
            <Button component="a" href={paths.addPasskey} size="xs">
              Add a key
            </Button>
          )}
          <Button
            variant="default"
            size="xs"
            onClick={() => seen.mutate(true)}
            loading={seen.isPending && seen.variables}
          >
            Put away
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}
