import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ApiTokenMade, ApiTokenView } from '../../api/shapes.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Oid } from '../../ui/oid.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { RenewToken } from './renew-token.tsx'
import { scopeLabel } from './scope-words.ts'

interface TokenRowProps {
  token: ApiTokenView
  /** Where the API has it: `/me/tokens`, or an agent's. */
  list?: string
  /** It has a new secret, to be shown once. */
  onMade: (made: ApiTokenMade) => void
}

export function TokenRow({ token, list = '/me/tokens', onMade }: TokenRowProps) {
  const [isAsking, setAsking] = useState(false)
  const end = useMutation({
    mutationFn: () => api.delete(`${list}/${token.id}`),
    onSuccess: () => refresh(list),
  })
  const where =
    token.repositories?.map(({ path }) => path).join(', ') ??
    (list === '/me/tokens' ? 'every repository you reach' : 'every repository it reaches')
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
        {!isOver && token.formerUntil !== null && (
          <Text size="sm" c="dimmed">
            Its new secret was not used yet; the former one ends <TimeAgo at={token.formerUntil} />
          </Text>
        )}
        {!isOver && token.renewableUntil !== null && (
          <Text size="sm" c="dimmed">
            Renews itself, for the last time <TimeAgo at={token.renewableUntil} />
          </Text>
        )}
      </Stack>
      <Group gap="xs">
        {!isOver && <RenewToken token={token} list={list} onMade={onMade} />}
        <Button size="xs" variant="default" onClick={() => setAsking(true)}>
          End
        </Button>
      </Group>
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
