import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ConnectorMade, ConnectorView } from '../../api/shapes.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { connectorPath, connectorsPath } from './connectors-path.ts'

/** One connector: whether it is there, since when it was not, and what can be done about its secret. */
export function ConnectorRow(props: { connector: ConnectorView; onMade: (made: ConnectorMade) => void }) {
  const { name, isConnected, lastSeenAt, lastSeenFrom, secretMadeAt, secretLeftAt } = props.connector
  const [asking, setAsking] = useState<'renew' | 'end' | null>(null)
  const renew = useMutation({
    mutationFn: () => api.post<ConnectorMade>(`${connectorPath(name)}/secret`),
    onSuccess: async (made) => {
      setAsking(null)
      await refresh(connectorsPath)
      props.onMade(made)
    },
  })
  const end = useMutation({
    mutationFn: () => api.delete(connectorPath(name)),
    onSuccess: () => refresh(connectorsPath),
  })
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={2} miw={0} flex="1 1 280px">
        <Group gap="xs">
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Text>
          <Badge
            variant={isConnected ? 'default' : 'light'}
            color="gray"
            tt="none"
            leftSection={isConnected && <IconCheck size={12} color="var(--mantine-color-green-text)" aria-hidden />}
          >
            {isConnected ? 'Connected' : 'Not connected'}
          </Badge>
        </Group>
        <Text size="sm" c="dimmed">
          {lastSeenAt === null ? (
            'It has not been here yet'
          ) : (
            <>
              Last dialled in <TimeAgo at={lastSeenAt} /> from {lastSeenFrom}
            </>
          )}
          {' · secret made '}
          <TimeAgo at={secretMadeAt} />
        </Text>
        {secretLeftAt !== null && (
          <Text size="sm">
            Somebody who has left knows its secret, since <TimeAgo at={secretLeftAt} />. Give it a new one.
          </Text>
        )}
      </Stack>
      <Group gap="xs">
        <Button variant="default" size="xs" onClick={() => setAsking('renew')} aria-label={`New secret for ${name}`}>
          New secret
        </Button>
        <Button variant="default" size="xs" onClick={() => setAsking('end')} aria-label={`End ${name}`}>
          End
        </Button>
      </Group>
      <ConfirmDialog
        isOpen={asking === 'renew'}
        title={`Give ${name} a new secret?`}
        confirmLabel="Make it with a tap"
        stayLabel="Keep the one it has"
        act={renew}
        onClose={() => setAsking(null)}
      >
        The one it has stops now, and with it what is open through it, until the new one is in its place.
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asking === 'end'}
        title={`End the connector ${name}?`}
        confirmLabel="End it with a tap"
        act={end}
        onClose={() => setAsking(null)}
      >
        What is open through it is cut. Routes that name it answer nobody until they name another.
      </ConfirmDialog>
    </Group>
  )
}
