import { Anchor, Badge, Box, Button, Group, Stack, Table, Text } from '@mantine/core'
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
        action={
          endedAt === null && (
            <Button variant="default" onClick={() => takeDown.mutate()} loading={takeDown.isPending}>
              Take it down
            </Button>
          )
        }
      />
      <Stack>
        <Anchor href={paths.groups}>All groups</Anchor>
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
            Stuck: no letter could reach them and they have not been here since, or the day is over. Speak to them.
          </Text>
        )}
        {readers.length === 0 ? (
          <Text c="dimmed">Nobody is in this group.</Text>
        ) : (
          <Box role="group" aria-label="Who has seen it" tabIndex={0} style={{ overflowX: 'auto' }}>
            <Table miw={560}>
              <Table.Thead>
                <Table.Tr>
                  {['Person', 'State', 'Letter', 'Seen here', 'Has the key'].map((head) => (
                    <Table.Th key={head}>{head}</Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {sorted.map(({ person, state, letterSentAt, seenAt, enrolledAt }) => (
                  <Table.Tr key={person.id}>
                    <Table.Td>
                      <PersonName person={person} />
                    </Table.Td>
                    <Table.Td>{stateWords[state]}</Table.Td>
                    <Table.Td>{letterSentAt === null ? 'none sent' : <TimeAgo at={letterSentAt} />}</Table.Td>
                    <Table.Td>{seenAt === null ? 'no' : <TimeAgo at={seenAt} />}</Table.Td>
                    <Table.Td>{enrolledAt === null ? 'no' : <TimeAgo at={enrolledAt} />}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Box>
        )}
      </Stack>
    </>
  )
}
