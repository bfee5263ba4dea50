import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { queryClient, refresh } from '../../api/queries.ts'
import type { AnnouncementReader } from '../../api/shapes.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { dayWords } from '../../ui/plain-words.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { PersonName } from '../../ui/person-avatar.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { strengthWords } from '../../ui/strength-words.ts'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { announcementQuery } from './announcements.ts'

export const fetchAhead: FetchAhead = ({ params }) => [
  queryClient.ensureQueryData(announcementQuery(params['id'] ?? '')),
]

const stateWords: Record<AnnouncementReader['state'], string> = {
  done: 'Done',
  told: 'Told',
  waiting: 'Not told yet',
  stuck: 'Stuck',
}
const order: AnnouncementReader['state'][] = ['stuck', 'waiting', 'told', 'done']

/** Who was reached, who has done it, and who needs help. */
export function AnnouncementPage() {
  const { id = '' } = useParams({ strict: false })
  const { data } = useSuspenseQuery(announcementQuery(id))
  const { announcement, readers } = data
  const takeDown = useMutation({
    mutationFn: () => api.post(`/announcements/${id}/take-down`, {}),
    onSuccess: () => Promise.all([refresh(`/announcements/${id}`), refresh('/announcements')]),
  })
  const sorted = readers.toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state))
  const { asksFor, dueAt, endedAt } = announcement
  return (
    <>
      <PageHeader
        title={announcement.title}
        crumbs={[
          { label: 'People', href: paths.people() },
          { label: 'Groups', href: paths.groups },
        ]}
        action={
          endedAt === null && (
            <Button variant="default" onClick={() => takeDown.mutate()} loading={takeDown.isPending}>
              Take it down
            </Button>
          )
        }
      />
      <Stack>
        <Text c="dimmed" component="div">
          {announcement.by.displayName} told everybody in {announcement.group} <TimeAgo at={announcement.createdAt} />
          {endedAt !== null && (
            <>
              , and it was taken down <TimeAgo at={endedAt} />
            </>
          )}
        </Text>
        {announcement.body && <Text style={{ whiteSpace: 'pre-wrap' }}>{announcement.body}</Text>}
        {asksFor !== null && (
          <Text>
            It asks for {strengthWords[asksFor]}
            {dueAt !== null && ` by ${dayWords(dueAt)}`}.
          </Text>
        )}
        <ProblemAlert error={takeDown.error} />
        <Group gap="xs">
          {order.map((state) => (
            <Badge key={state} variant={state === 'stuck' ? 'filled' : 'default'} tt="none">
              {stateWords[state]}: {readers.filter((reader) => reader.state === state).length}
            </Badge>
          ))}
        </Group>
        {readers.some(({ state }) => state === 'stuck') && (
          <Text size="sm" c="dimmed" maw={640}>
            Stuck: no letter could reach them and they have not been here since, or the day is over. Speak to them
            yourself.
          </Text>
        )}
        {readers.length === 0 ? (
          <Text c="dimmed">Nobody is in this group.</Text>
        ) : (
          <RowList label="Who has seen it">
            {sorted.map((reader) => (
              <Reader key={reader.person.id} reader={reader} isAsked={asksFor !== null} />
            ))}
          </RowList>
        )}
      </Stack>
    </>
  )
}

/** One of the group: how far they are, and by what that is known. */
const Reader = ({ reader, isAsked }: { reader: AnnouncementReader; isAsked: boolean }) => {
  const { person, state, letterSentAt, seenAt, enrolledAt } = reader
  return (
    <Group justify="space-between" gap="xs">
      <Stack gap={2} flex="1 1 240px" miw={0}>
        <PersonName person={person} />
        <Text size="sm" c="dimmed" component="div">
          {letterSentAt === null ? (
            'No letter was sent'
          ) : (
            <>
              Letter sent <TimeAgo at={letterSentAt} />
            </>
          )}
          {seenAt === null ? (
            ', not seen here'
          ) : (
            <>
              , seen here <TimeAgo at={seenAt} />
            </>
          )}
          {isAsked &&
            (enrolledAt === null ? (
              ', no such key yet'
            ) : (
              <>
                , has the key since <TimeAgo at={enrolledAt} />
              </>
            ))}
        </Text>
      </Stack>
      <Badge variant={state === 'stuck' ? 'filled' : 'default'} tt="none" fw={500}>
        {stateWords[state]}
      </Badge>
    </Group>
  )
}
