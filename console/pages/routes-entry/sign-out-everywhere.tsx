import { Anchor, Button, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { EntryLayout } from '../entry/entry-layout.tsx'

/** Somebody signed out of one tool, and may mean all of them. */
export function SignOutEverywhere() {
  const leave = useMutation({
    mutationFn: () => api.post<void>('/sign-out', {}, { isSignInOptional: true }),
    onSuccess: () => location.assign(paths.signIn()),
  })
  return (
    <EntryLayout
      title="Sign out everywhere?"
      lead="In this browser: of Postern, and of every tool that you opened through it."
    >
      <ProblemAlert error={leave.error} />
      <Button size="md" loading={leave.isPending || leave.isSuccess} onClick={() => leave.mutate()}>
        Sign out
      </Button>
      <Text size="sm">
        <Anchor href={paths.home}>Stay signed in</Anchor>
      </Text>
    </EntryLayout>
  )
}
