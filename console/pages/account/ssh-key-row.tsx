import { Alert, Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { SshKeyView } from '../../api/shapes.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { kindOfKey, worthOfKey } from './ssh-key-words.ts'

export function SshKeyRow({ sshKey: key }: { sshKey: SshKeyView }) {
  const [isAsking, setAsking] = useState(false)
  const end = useMutation({
    mutationFn: () => api.delete(`/me/ssh-keys/${key.id}`),
    onSuccess: () => refresh('/me/ssh-keys'),
  })
  const isOver = key.expiresAt !== null && key.expiresAt <= Date.now()
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={2} miw={0} flex="1 1 280px">
        <Group gap="xs">
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {key.name}
          </Text>
          {isOver && (
            <Badge variant="default" tt="none">
              Ended
            </Badge>
          )}
        </Group>
        <Text size="sm" ff="monospace" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {key.fingerprint}
        </Text>
        <Text size="sm" c="dimmed">
          {key.model ?? kindOfKey(key.type)} · {worthOfKey(key)}
        </Text>
        <Text size="sm" c="dimmed" component="div">
          Added <TimeAgo at={key.createdAt} />
          {key.expiresAt !== null && (
            <>
              , {isOver ? 'ended' : 'ends'} <TimeAgo at={key.expiresAt} />
            </>
          )}
          {key.forLogin && <LastUsed sshKey={key} />}
        </Text>
        {key.refused !== null && !isOver && (
          <Alert color="yellow" variant="light" icon={<IconAlertTriangle />} mt="xs" p="xs">
            {key.refused}
          </Alert>
        )}
      </Stack>
      <Button size="xs" variant="default" onClick={() => setAsking(true)} aria-label={`End ${key.name}`}>
        End
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={`End “${key.name}”?`}
        confirmLabel="End it with a tap"
        act={end}
        onClose={() => setAsking(false)}
      >
        What is open by it is cut at once, and certificates for it end too. What it has signed stays signed.
      </ConfirmDialog>
    </Group>
  )
}

const LastUsed = ({ sshKey: { lastUsedAt, lastUsedFrom } }: { sshKey: SshKeyView }) =>
  lastUsedAt === null ? (
    ', never used'
  ) : (
    <>
      , last used <TimeAgo at={lastUsedAt} /> from {lastUsedFrom}
    </>
  )
