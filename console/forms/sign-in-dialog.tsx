import { Button, Modal, Stack, Text } from '@mantine/core'
import { WebAuthnAbortService } from '@simplewebauthn/browser'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { hasCode } from '../api/problem.ts'
import { meQuery, queryClient } from '../api/queries.ts'
import { paths } from '../paths.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { signIn } from './sign-in.ts'
import { useEscapeFirst } from './use-escape-first.ts'

interface SignInDialogProps {
  onSignedIn: () => void
  onClose: () => void
}

/** The session ended while a page was open: sign in over it, and the page goes on where it was. */
export function SignInDialog({ onSignedIn, onClose }: SignInDialogProps) {
  const [shownAt] = useState(() => performance.now())
  const tap = useMutation({
    mutationFn: async () => {
      const before = queryClient.getQueryData(meQuery.queryKey)
      const me = await signIn({ shownAt })
      // What this page holds belongs to the person before: start over.
      if (before && before.id !== me.id) location.assign(paths.home)
      else onSignedIn()
    },
  })
  const close = () => {
    WebAuthnAbortService.cancelCeremony()
    onClose()
  }
  useEscapeFirst(close)
  return (
    <Modal opened onClose={close} closeOnEscape={false} title="Sign in to go on" centered>
      <Stack>
        <Text>Your session has ended. What you typed is still here.</Text>
        <ProblemAlert
          error={tap.error}
          action={
            hasCode(tap.error, 'passkey-suspended') && (
              <Button component="a" href={paths.notMe} size="xs" color="red.8">
                It was not me
              </Button>
            )
          }
        />
        <Button
          leftSection={<IconFingerprint size={20} aria-hidden />}
          loading={tap.isPending}
          onClick={() => tap.mutate()}
          data-autofocus
        >
          {tap.isError ? 'Try again' : 'Sign in with a passkey'}
        </Button>
      </Stack>
    </Modal>
  )
}
