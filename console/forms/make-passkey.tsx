import { Button, Stack, Text } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { Me } from '../api/shapes.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { makeFirstPasskey } from './sign-in-password.ts'

/** The first passkey of somebody who came in without one. */
export function MakePasskey({ me, onMade }: { me: Me; onMade: () => void }) {
  const make = useMutation({ mutationFn: () => makeFirstPasskey(me), onSuccess: onMade })
  return (
    <Stack gap="xs">
      <ProblemAlert error={make.error} />
      <Button
        size="md"
        leftSection={<IconFingerprint size={20} aria-hidden />}
        loading={make.isPending || make.isSuccess}
        onClick={() => make.mutate()}
      >
        {make.isError ? 'Try again' : 'Create my passkey'}
      </Button>
      <Text size="sm" c="dimmed" role="status">
        {make.isPending ? 'Follow your browser’s prompt: choose this device, your phone, or a security key.' : ''}
      </Text>
    </Stack>
  )
}

/** Whether somebody came in without a passkey, and has none. */
export const hasNoPasskey = (me: Me): boolean => me.session.credentialName === null && me.credentialCount === 0
