import { Button, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { meQuery } from '../../api/queries.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useUrlQuery } from '../../url-state.ts'
import { EntryLayout } from '../entry/entry-layout.tsx'

/** Somebody signed out in a tool, which led them here. What else they have open goes on until they say so. */
export function SignedOutPage() {
  const { over } = useUrlQuery()
  const me = useQuery(meQuery)
  const leave = useMutation({
    mutationFn: () => api.post('/sign-out', {}),
    onSuccess: () => location.assign(paths.signIn()),
  })
  const isOver = over === 'yes'
  if (!me.data) {
    return (
      <EntryLayout title="You are signed out">
        <Button component="a" href={paths.signIn()}>
          Sign in again
        </Button>
      </EntryLayout>
    )
  }
  return (
    <EntryLayout
      title={isOver ? 'You are signed out there' : 'You are signed in here'}
      lead={
        isOver
          ? 'Your session here goes on, and so do your other tools.'
          : 'A tool led you here to sign out. Nothing has ended here yet.'
      }
    >
      <Stack gap="xs">
        <ProblemAlert error={leave.error} />
        <Button component="a" href={paths.home}>
          Go to Home
        </Button>
        <Button variant="default" loading={leave.isPending || leave.isSuccess} onClick={() => leave.mutate()}>
          Sign out everywhere
        </Button>
        <Text size="sm" c="dimmed">
          In this browser: your session here ends, and every tool that you opened with it is told.
        </Text>
      </Stack>
    </EntryLayout>
  )
}
