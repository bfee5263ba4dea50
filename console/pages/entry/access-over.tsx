import { Alert, Text } from '@mantine/core'
import { IconClockPause } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { dayWords } from '../../ui/plain-words.ts'

interface Over {
  over: { endedAt: number; ask: { displayName: string; email: string } | null } | null
}

/** Why a browser that was signed in is not any more, where its person's access has run out, and whom to ask. */
export function AccessOver() {
  const { data } = useQuery({
    queryKey: ['access-over'],
    queryFn: () => api.get<Over>('/sign-in/access-over', { isSignInOptional: true }),
    gcTime: 0,
  })
  const over = data?.over
  if (!over) return null
  return (
    <Alert color="yellow" icon={<IconClockPause />} title={`Your access ended on ${dayWords(over.endedAt)}`}>
      <Text size="sm">
        It was for a time, and that time is over. If you still need it, ask{' '}
        {over.ask === null ? (
          'an administrator'
        ) : (
          <>
            <strong>{over.ask.displayName}</strong> ({over.ask.email})
          </>
        )}{' '}
        to prolong it. Your passkey then works again.
      </Text>
    </Alert>
  )
}
