import { Group, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import type { Profile } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'

/** The end of one's own access. */
export function Leave({ profile: { managedBy } }: { profile: Profile }) {
  const [isOpen, setIsOpen] = useState(false)
  const leave = useMutation({
    mutationFn: () => api.delete('/me'),
    // Nothing of what this page knows is theirs any more.
    onSuccess: () => location.assign(paths.signIn()),
  })
  return (
    <>
      <Text size="sm" c="dimmed">
        Your sessions, tokens and keys end at once. What you have done stays, in your name.
      </Text>
      <Group>
        <ReasonedButton
          variant="default"
          reason={managedBy === null ? null : `${managedBy} manages your account: ask an administrator.`}
          onClick={() => setIsOpen(true)}
        >
          Leave…
        </ReasonedButton>
      </Group>
      <ConfirmDialog
        isOpen={isOpen}
        title="Leave?"
        confirmLabel="Leave with a tap"
        stayLabel="Stay"
        act={leave}
        onClose={() => setIsOpen(false)}
      >
        Only an administrator can let you in again. Agents that you answer for end with you.
      </ConfirmDialog>
    </>
  )
}
