import { Badge, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { RecoveryView } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { PersonAvatar } from '../../ui/person-avatar.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'

/** One recovery under way: who, how, what is next, and the way to stop it. */
export function RecoveryRow({ recovery }: { recovery: RecoveryView }) {
  const me = useMe()
  const [isAsking, setAsking] = useState(false)
  const cancel = useMutation({
    mutationFn: () => api.delete(`/recoveries/${recovery.id}`),
    onSuccess: () => refresh('/recoveries'),
  })
  const { person, startedBy, address } = recovery
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <Group wrap="nowrap" align="flex-start" miw={0} flex="1 1 320px">
        <PersonAvatar person={person} size="md" />
        <Stack gap={2} miw={0}>
          <Group gap="xs">
            <Text fw={600}>{person.displayName}</Text>
            <Text c="dimmed" size="sm">
              {person.username}
            </Text>
            <Badge variant="light" tt="none" color={recovery.isRegistered || recovery.isLinkDead ? 'yellow' : 'gray'}>
              {badgeOf(recovery)}
            </Badge>
          </Group>
          <Text size="sm">
            {startedBy
              ? `${startedBy.displayName} lets them back in`
              : `By a recovery code${address && `, from ${address}`}`}
            , <TimeAgo at={recovery.createdAt} />
          </Text>
          <Text size="sm" c="dimmed">
            <WhatIsNext recovery={recovery} />
          </Text>
        </Stack>
      </Group>
      <ReasonedButton
        size="xs"
        variant="default"
        reason={person.id === me.id ? 'Whoever gets back in does not decide about that.' : null}
        onClick={() => setAsking(true)}
      >
        Cancel it
      </ReasonedButton>
      <ConfirmDialog
        isOpen={isAsking}
        title={`Cancel the recovery of ${person.displayName}?`}
        confirmLabel="Cancel it with a tap"
        act={cancel}
        onClose={() => setAsking(false)}
      >
        Whatever came in by it ends, with its sessions and API tokens, and the former passkeys work again. Ask{' '}
        {person.displayName} first, in person or by telephone.
      </ConfirmDialog>
    </Group>
  )
}

function badgeOf({ isRegistered, isLinkDead, state }: RecoveryView): string {
  if (isRegistered) return 'has come in'
  if (isLinkDead) return 'cannot come in'
  return state === 'waiting' ? 'waits' : 'may come in'
}

function WhatIsNext({ recovery }: { recovery: RecoveryView }) {
  if (recovery.isRegistered)
    return (
      <>
        Former passkeys end <TimeAgo at={recovery.cancelUntil} />; until then each of them can cancel it.
      </>
    )
  if (recovery.isLinkDead)
    return 'The link lets nobody in: whoever began this may no longer let them in. Cancel it, and let them in yourself.'
  if (recovery.state === 'waiting')
    return (
      <>
        The link opens <TimeAgo at={recovery.opensAt} />; any former passkey can cancel it.
      </>
    )
  return (
    <>
      The link works and ends <TimeAgo at={recovery.expiresAt} />; any former passkey can cancel it.
    </>
  )
}
