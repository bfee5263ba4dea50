import { Button, Group, List, Stack, Text } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import type { Me } from '../../api/shapes.ts'
import { signIn } from '../../forms/sign-in.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

/** For a session that no passkey began: one is made, or the one there is is tapped. */
export function FirstPasskey({ me, onSettled }: { me: Me; onSettled: () => void }) {
  const hasOne = me.credentialCount > 0
  const tap = useMutation({
    mutationFn: () => signIn(),
    onSuccess: () => {
      // What was refused meanwhile is asked for again.
      queryClient.removeQueries({ predicate: ({ state }) => state.status === 'error' })
      onSettled()
    },
  })
  const make = useMutation({
    mutationFn: () => api.post<{ link: string }>('/me/upgrade-link', {}, { isSignInOptional: true }),
    onSuccess: ({ link }) => location.assign(link),
  })
  const leave = useMutation({
    mutationFn: () => api.post<void>('/sign-out', {}, { isSignInOptional: true }),
    onSuccess: () => location.assign(paths.signIn()),
  })
  const next = hasOne ? tap : make
  return (
    <Stack gap="lg">
      <Text>
        {hasOne
          ? 'You have a passkey of this place. Tap it, and you are in.'
          : 'Your device makes it in a few seconds, with your fingerprint, face or PIN.'}
      </Text>
      <ProblemAlert error={next.error ?? leave.error} />
      <Button
        size="md"
        leftSection={<IconFingerprint size={20} aria-hidden />}
        loading={next.isPending || next.isSuccess}
        onClick={() => next.mutate()}
      >
        {hasOne ? 'Tap your passkey' : 'Make your passkey'}
      </Button>
      <Stack gap={4}>
        <Text size="sm" c="dimmed">
          Why, when you have just signed in?
        </Text>
        <List size="sm" c="dimmed" spacing={2}>
          <List.Item>Here a tap is the proof that it was you: for an approval, a merge, a new key.</List.Item>
          <List.Item>Nobody who only has your other account can give that proof.</List.Item>
        </List>
      </Stack>
      <Group gap="xs">
        <Button variant="subtle" loading={leave.isPending} onClick={() => leave.mutate()}>
          Sign out
        </Button>
      </Group>
    </Stack>
  )
}
