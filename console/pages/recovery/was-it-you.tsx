import { Button, Stack, Text } from '@mantine/core'
import { IconCheck, IconHandStop } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { cancelRecovery } from '../../forms/cancel-recovery.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { EntryLayout } from '../entry/entry-layout.tsx'

interface WasItYouProps {
  /** What is known of it, where a passkey has just shown whose account it is. */
  detail?: string | undefined
  /** It was cancelled, and whoever did it goes to sign in. */
  onOver?: () => void
}

/** For whoever holds a passkey that somebody else's recovery has paused: one question, one tap. */
export function WasItYou({ detail, onOver }: WasItYouProps) {
  const cancel = useMutation({ mutationFn: cancelRecovery })
  if (cancel.isSuccess) return <Cancelled onOver={onOver} />
  return (
    <EntryLayout title="Somebody is getting back into your account" lead={detail}>
      <Stack>
        <Text fw={600}>Was it you?</Text>
        <ProblemAlert error={cancel.error} />
        <Button
          size="md"
          color="red.8"
          loading={cancel.isPending}
          leftSection={<IconHandStop size={20} aria-hidden />}
          onClick={() => cancel.mutate()}
        >
          It was not me: cancel it
        </Button>
        <Text size="sm" c="dimmed">
          One tap on a passkey you had before ends whatever came in, and your former passkeys work again. Your sessions,
          tokens and SSH keys have ended in any case: sign in again, and make new ones.
        </Text>
        <Text size="sm" c="dimmed">
          It was you? Then there is nothing to do here. Go on with the link you got, or sign in with your new passkey.
          Your former passkeys end when nobody can object any more.
        </Text>
      </Stack>
    </EntryLayout>
  )
}

const Cancelled = ({ onOver }: { onOver: (() => void) | undefined }) => (
  <EntryLayout title="Cancelled" lead="Whatever came in has ended, and your passkeys work again.">
    <Stack>
      <Text>
        Somebody had one of your recovery codes, or an administrator’s ear. Sign in and make new codes: the old ones
        then stop working. Administrators have been told.
      </Text>
      <Button
        component="a"
        href={paths.signIn(paths.account('recovery'))}
        size="md"
        onClick={() => onOver?.()}
        leftSection={<IconCheck size={20} aria-hidden />}
      >
        Sign in
      </Button>
    </Stack>
  </EntryLayout>
)
