import { Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { getQuery, refresh } from '../../api/queries.ts'
import type { DeliveryView } from '../../api/shapes.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { AttemptCard } from './attempt-card.tsx'
import { isSoon, lookAgainMs } from './look-again.ts'
import { readable } from './webhook-words.ts'

/** What one delivery sent, every attempt of it, and the button that sends it again. */
export function DeliveryDetail({ path, id, isActive }: { path: string; id: string; isActive: boolean }) {
  const { data, error } = useQuery({
    ...getQuery<DeliveryView>(`${path}/deliveries/${id}`),
    refetchInterval: ({ state }) => (state.data !== undefined && isSoon(state.data) ? lookAgainMs : false),
  })
  const replay = useMutation({
    mutationFn: () => api.post<DeliveryView>(`${path}/deliveries/${id}/replay`),
    onSuccess: () => refresh(path),
  })
  if (error) return <ProblemAlert error={error} />
  if (data === undefined) return <RowSkeletons rows={2} />
  return (
    <Stack gap="md" py="sm">
      {data.nextAt !== null && data.attempts > 0 && data.attempts === data.history.length && (
        <Text size="sm">
          It is tried again <TimeAgo at={data.nextAt} />.
        </Text>
      )}
      <div>
        <ReasonedButton
          size="xs"
          variant="default"
          reason={isActive ? null : 'The webhook is switched off. Switch it on, then send again.'}
          loading={replay.isPending}
          onClick={() => replay.mutate()}
        >
          Send again
        </ReasonedButton>
      </div>
      <ProblemAlert error={replay.error} />
      <CopyBlock label="Sent, with line breaks for reading" lines={[readable(data.body)]} what="what was sent" />
      {data.history.map((attempt) => (
        <AttemptCard key={attempt.number} attempt={attempt} isOnly={data.history.length === 1} />
      ))}
    </Stack>
  )
}
