import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconUserCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { PolicyChangeView } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { listed } from './who-words.ts'

/** A change that takes a second person's tap before it holds. */
export function WaitingBanner({ change, isItsPage = false }: { change: PolicyChangeView; isItsPage?: boolean }) {
  const me = useMe()
  const isMine = change.proposedBy?.id === me.id
  const { asked } = change
  const whom = asked.length
    ? listed(
        asked.map(({ displayName }) => displayName),
        'or',
      )
    : 'another administrator'
  const withdraw = useMutation({
    mutationFn: () => api.post(`/policy/changes/${encodeURIComponent(change.id)}/withdraw`),
    onSuccess: () => refresh('/policy'),
  })
  return (
    <Alert
      color="yellow"
      icon={<IconUserCheck />}
      title={
        isMine
          ? `Waits for a second person: ${whom}`
          : `Waits for a second person: ${change.proposedBy?.displayName ?? 'The operator'} proposes a change`
      }
    >
      <Stack gap="sm">
        <Text size="sm">
          {isMine
            ? 'They find it in their inbox. When one of them taps, it is in force; until then nothing changes. '
            : 'If you agree, your tap puts it in force. Proposed '}
          {!isMine && <TimeAgo at={change.createdAt} />}
          {!isMine && '.'}
        </Text>
        <ProblemAlert error={withdraw.error} />
        <Group gap="xs">
          {!isMine && (
            <Button component="a" href={paths.inbox} size="xs">
              Open my inbox
            </Button>
          )}
          {!isItsPage && (
            <Button component="a" href={paths.guardrailChange(change.id)} size="xs" variant="default">
              What it changes
            </Button>
          )}
          {(isMine || me.role === 'owner') && (
            <Button size="xs" variant="default" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
              Withdraw
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  )
}
