import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { meQuery, queryClient } from '../../api/queries.ts'
import type { Me } from '../../api/shapes.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

/** A link that was opened in a browser where somebody is signed in: who that is, and how to go on as somebody else. */
export function SignedInAlready({ me, isForNewcomer }: { me: Me; isForNewcomer: boolean }) {
  const signOut = useMutation({
    mutationFn: () => api.post('/sign-out'),
    onSuccess: () => queryClient.setQueryData(meQuery.queryKey, null),
  })
  return (
    <Alert color="yellow" icon={<IconInfoCircle />} title={`You are signed in as ${me.displayName}`}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">
          {isForNewcomer
            ? 'This invitation makes an account of its own, for somebody who has none. Are you that person? Then sign out first.'
            : 'This link makes a passkey for somebody else. When it is done, this browser is signed in as them.'}
        </Text>
        {isForNewcomer && (
          <Button size="xs" variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
            Sign out and go on
          </Button>
        )}
        <ProblemAlert error={signOut.error} />
      </Stack>
    </Alert>
  )
}
