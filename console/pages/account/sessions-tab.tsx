import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { getQuery, refresh } from '../../api/queries.ts'
import type { OpenTools, SessionView } from '../../api/shapes.ts'
import { browserWords } from '../../ui/browser-words.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { strengthWords } from '../../ui/strength-words.ts'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { WholeList } from '../../ui/whole-list.tsx'
import { durationWords } from '../guardrails/duration.ts'
import { sessionsQuery } from './account-queries.ts'

export function SessionsTab() {
  const { data } = useSuspenseQuery(sessionsQuery)
  const open = useQuery(getQuery<OpenTools>('/me/open-tools'))
  const toolsOf = (id: string) => open.data?.items.find(({ sessionId }) => sessionId === id)?.tools ?? []
  const end = useMutation({
    mutationFn: (id: string | null) => api.delete(id === null ? '/me/sessions' : `/me/sessions/${id}`),
    onSuccess: () => refresh('/me/sessions'),
  })
  return (
    <Stack>
      <Text c="dimmed">Where you are signed in. Ending a session takes effect at once.</Text>
      <ProblemAlert error={end.error} />
      <WholeList label="Your sessions">
        {data.items.map((session) => (
          <Group key={session.id} justify="space-between" gap="sm">
            <Stack gap={2} miw={0} flex="1 1 280px">
              <Group gap="xs">
                <Text fw={600}>{browserWords(session.userAgent)}</Text>
                {session.isCurrent && (
                  <Badge variant="light" tt="none">
                    This session
                  </Badge>
                )}
              </Group>
              <Text size="sm" c="dimmed">
                At {session.address}. Signed in <TimeAgo at={session.authenticatedAt} />{' '}
                {session.credentialName === null
                  ? 'without a passkey'
                  : `with “${session.credentialName}”, ${strengthWords[session.strength]}`}
              </Text>
              <Text size="sm" c="dimmed">
                Last used <TimeAgo at={session.lastSeenAt} />. <Ends session={session} />
              </Text>
              {toolsOf(session.id).length > 0 && (
                <Text size="sm" c="dimmed">
                  Also signed in to {toolsOf(session.id).join(', ')}
                </Text>
              )}
            </Stack>
            {!session.isCurrent && (
              <Button
                size="xs"
                variant="default"
                loading={end.isPending && end.variables === session.id}
                onClick={() => end.mutate(session.id)}
              >
                End
              </Button>
            )}
          </Group>
        ))}
      </WholeList>
      {data.items.length > 1 && (
        <Group>
          <Button variant="default" loading={end.isPending && end.variables === null} onClick={() => end.mutate(null)}>
            End all others
          </Button>
        </Group>
      )}
    </Stack>
  )
}

/** The limits that hold for this session today, by the floor or by a guardrail. */
const Ends = ({ session: { lastSeenAt, idleEndsAt, expiresAt } }: { session: SessionView }) =>
  idleEndsAt < expiresAt ? (
    <>
      Ends after {durationWords((idleEndsAt - lastSeenAt) / 1000)} without use, at the latest <TimeAgo at={expiresAt} />
    </>
  ) : (
    <>
      Ends <TimeAgo at={expiresAt} />
    </>
  )
