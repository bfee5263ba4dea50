import { Button, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import type { Me } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { EntryLayout } from '../entry/entry-layout.tsx'

/** Unknown, expired and other people's links look the same. */
export function NotForYou({ me }: { me: Me }) {
  const here = useLocation({ select: ({ href }) => href })
  const change = useMutation({
    mutationFn: () => api.post<void>('/sign-out', {}, { isSignInOptional: true }),
    onSuccess: () => location.assign(paths.signIn(here)),
  })
  return (
    <EntryLayout title="Nothing here waits for you">
      <Stack>
        <Text>
          This link has expired, was mistyped, or is for somebody else. You are signed in as {me.displayName} (
          {me.username}).
        </Text>
        <ProblemAlert error={change.error} />
        <Button component="a" href={paths.inbox}>
          Open my inbox
        </Button>
        <Button variant="default" loading={change.isPending || change.isSuccess} onClick={() => change.mutate()}>
          Sign in as somebody else
        </Button>
      </Stack>
    </EntryLayout>
  )
}
