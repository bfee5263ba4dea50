import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { InvitationMade, InvitationView } from '../../api/shapes.ts'
import { organisationRoleLabel } from '../../forms/role-words.ts'
import { paths } from '../../paths.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { dayWords } from '../../ui/plain-words.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { invitationStateWords } from './invitation-words.ts'

export function InvitationRow({
  invitation,
  onMade,
}: {
  invitation: InvitationView
  onMade: (made: InvitationMade) => void
}) {
  const [isAsking, setAsking] = useState(false)
  const path = `/invitations/${invitation.id}`
  const resend = useMutation({
    mutationFn: () => api.post<InvitationMade>(`${path}/resend`),
    onSuccess: async (made) => {
      onMade(made)
      await refresh('/invitations')
    },
  })
  const withdraw = useMutation({
    mutationFn: () => api.delete(path),
    onSuccess: async () => {
      setAsking(false)
      await refresh('/invitations')
    },
  })
  const { state, acceptedBy, expiresAt } = invitation
  const gives = [...invitation.grants.map((grant) => `${grant.path} (${grant.role})`), ...invitation.groups]
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={2} miw={0} flex="1 1 320px">
        <Group gap="xs">
          <Text fw={550} style={{ overflowWrap: 'anywhere' }}>
            {invitation.email}
          </Text>
          <Badge variant="default" tt="none" fw={500} size="sm">
            {organisationRoleLabel(invitation.role)}
          </Badge>
          <Badge variant={state === 'open' ? 'light' : 'default'} tt="none" fw={500} size="sm">
            {invitationStateWords[state]}
          </Badge>
        </Group>
        <Text size="sm" c="dimmed" component="div">
          Invited by {invitation.by.displayName} <TimeAgo at={invitation.createdAt} />
          {state === 'open' && (
            <>
              {' '}
              · its link ends <TimeAgo at={expiresAt} />
            </>
          )}
          {acceptedBy && (
            <>
              {' '}
              · is now{' '}
              <Text span component="a" href={paths.person(acceptedBy.username)} inherit td="underline">
                {acceptedBy.displayName}
              </Text>
            </>
          )}
        </Text>
        {(gives.length > 0 || invitation.endsAt !== null) && (
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {[...gives, ...(invitation.endsAt === null ? [] : [`until ${dayWords(invitation.endsAt)}`])].join(' · ')}
          </Text>
        )}
        <ProblemAlert error={resend.error} />
      </Stack>
      {(state === 'open' || state === 'expired' || state === 'void') && (
        <Group gap="xs">
          <Button size="xs" variant="default" loading={resend.isPending} onClick={() => resend.mutate()}>
            New link
          </Button>
          <Button size="xs" variant="default" onClick={() => setAsking(true)}>
            Withdraw
          </Button>
        </Group>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        title={`Withdraw the invitation of ${invitation.email}?`}
        confirmLabel="Withdraw with a tap"
        act={withdraw}
        onClose={() => setAsking(false)}
      >
        The link they were sent no longer works.
      </ConfirmDialog>
    </Group>
  )
}
