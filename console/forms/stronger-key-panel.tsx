import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconFingerprint, IconPlus, IconUserCheck } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { ownRequirementsQuery } from '../api/policy.ts'
import { makeProblem, ProblemError } from '../api/problem.ts'
import { queryClient } from '../api/queries.ts'
import type { OwnRequirements } from '../api/shapes.ts'
import { useMaybeMe } from '../api/use-me.ts'
import { paths } from '../paths.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RowSkeletons } from '../ui/skeletons.tsx'
import { AddStrongerKey } from './add-stronger-key.tsx'
import { hasNoPasskey, MakePasskey } from './make-passkey.tsx'
import { signIn } from './sign-in.ts'

export const freshRequirements = { ...ownRequirementsQuery, staleTime: 0 }

/** Own keys that would do for a session. */
const fitting = ({ acts }: OwnRequirements): string[] => acts.find(({ act }) => act === 'session')?.passkeys ?? []

/** What this session lacks, which rule asks for it, and the ways to get it. */
export function StrongerKeyPanel({ onSettled }: { onSettled: () => void }) {
  const own = useQuery(freshRequirements)
  const me = useMaybeMe()
  const [isAdding, setAdding] = useState(false)
  const settle = () => {
    // What was refused meanwhile is asked for again.
    queryClient.removeQueries({ predicate: ({ state }) => state.status === 'error' })
    onSettled()
  }
  const enter = useMutation({
    mutationFn: async () => {
      await signIn()
      const { shortfall } = await queryClient.fetchQuery(freshRequirements)
      if (shortfall) throw stillShort(shortfall.sentence)
    },
    onSuccess: settle,
  })
  const leave = useMutation({
    mutationFn: () => api.post<void>('/sign-out', {}, { isSignInOptional: true }),
    onSuccess: () => location.assign(paths.signIn()),
  })
  if (own.error) return <ProblemAlert error={own.error} />
  if (!own.data) return <RowSkeletons rows={2} height={40} />
  if (!own.data.shortfall) return <Button onClick={settle}>Go on</Button>

  // Nothing was tapped yet: a first passkey needs none.
  if (me && hasNoPasskey(me))
    return (
      <Stack gap="lg">
        <Text>{own.data.shortfall.sentence}</Text>
        <MakePasskey me={me} onMade={settle} />
      </Stack>
    )
  const keys = fitting(own.data)
  const { sentence, unvouched } = own.data.shortfall
  return (
    <Stack gap="lg">
      <Text>{sentence}</Text>
      {keys.length === 0 && unvouched.length > 0 && (
        <Unvouched names={unvouched} isLooking={own.isFetching} onLook={() => void own.refetch()} />
      )}
      <ProblemAlert error={enter.error ?? leave.error} />
      {keys.length > 0 && (
        <Stack gap="xs">
          <Text>
            {keys.length === 1
              ? `You have one that will do: “${keys[0]}”.`
              : `You have keys that will do: ${quoted(keys)}.`}
          </Text>
          <Button
            size="md"
            leftSection={<IconFingerprint size={20} aria-hidden />}
            loading={enter.isPending}
            onClick={() => enter.mutate()}
          >
            Sign in with it
          </Button>
        </Stack>
      )}
      {isAdding ? (
        <AddStrongerKey onAdded={() => own.refetch()} fits={(name) => [...keys, ...unvouched].includes(name)} />
      ) : (
        <Button
          size="md"
          variant={keys.length || unvouched.length ? 'default' : 'filled'}
          leftSection={<IconPlus size={18} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          Add a key of that kind
        </Button>
      )}
      <Group gap="xs">
        {keys.length === 0 && (
          <Button variant="default" loading={enter.isPending} onClick={() => enter.mutate()}>
            Sign in with another key
          </Button>
        )}
        <Button variant="subtle" loading={leave.isPending} onClick={() => leave.mutate()}>
          Sign out
        </Button>
      </Group>
    </Stack>
  )
}

const quoted = (names: string[]) => names.map((name) => `“${name}”`).join(', ')

interface UnvouchedProps {
  names: string[]
  isLooking: boolean
  onLook: () => void
}

/** The right key is there, and only another person can make it count. */
const Unvouched = ({ names, isLooking, onLook }: UnvouchedProps) => (
  <Alert color="yellow" icon={<IconUserCheck />} title="Somebody must vouch for you first">
    <Stack gap="sm" align="flex-start">
      <Text size="sm">
        {quoted(names)} will do, and came in by a link: until an administrator has vouched for you it counts for less.
        They do so under People, with “Check and vouch”.
      </Text>
      <Button size="xs" loading={isLooking} onClick={onLook}>
        They have: look again
      </Button>
    </Stack>
  </Alert>
)

const stillShort = (sentence: string) =>
  new ProblemError(
    makeProblem('still-short', 'That key is not strong enough either', 'Use another one, or add one that will do.', {
      status: 403,
      detail: sentence,
    }),
  )
