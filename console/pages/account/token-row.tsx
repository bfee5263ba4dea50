import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ApiTokenView } from '../../api/shapes.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Oid } from '../../ui/oid.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { scopeLabel } from './scope-words.ts'

export function TokenRow({ token }: { token: ApiTokenView }) {
  const [isAsking, setAsking] = useState(false)
  const end = useMutation({
    mutationFn: () => api.delete(`/me/tokens/${token.id}`),
    onSuccess: () => refresh('/me/tokens'),
  })
  const where = token.repositories?.map(({ path }) => path).join(', ') ?? 'every repository you reach'
  const isOver = token.expiresAt <= Date.now()
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={2} miw={0} flex="1 1 280px">
        <Group gap="xs">
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {token.name}
          </Text>
          {isOver && (
            <Badge variant="default" tt="none">
              Ended
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {token.scopes.map(scopeLabel).join(', ')} · {where}
        </Text>
        <Text size="sm" c="dimmed" component="div">
          <Oid oid={token.id} length={12} /> · Made <TimeAgo at={token.createdAt} />, {isOver ? 'ended' : 'ends'}{' '}
          <TimeAgo at={token.expiresAt} />,{' '}
          {token.lastUsedAt === null ? (
            'never used'
          ) : (
            <>
              last used <TimeAgo at={token.lastUsedAt} />
            </>
          )}
        </Text>
      </Stack>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        End
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={`End “${token.name}”?`}
        confirmLabel="End it with a tap"
        act={end}
        onClose={() => setAsking(false)}
      >
        Whatever uses it is refused from now on.
      </ConfirmDialog>
    </Group>
  )
}
