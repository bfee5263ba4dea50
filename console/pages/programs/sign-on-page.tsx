import { Anchor, Button, Stack, Text } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { hasCode } from '../../api/problem.ts'
import { getQuery } from '../../api/queries.ts'
import type { SignOnStanding } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { signIn } from '../../forms/sign-in.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useUrlQuery } from '../../url-state.ts'
import { EntryLayout } from '../entry/entry-layout.tsx'
import { SignOnConsent } from './sign-on-consent.tsx'
import { SignOnProblem } from './sign-on-problem.tsx'
import { standingTitle } from './sign-on-words.ts'

/** Between somebody and a tool that they want to open: what is missing, and the one thing to do about it. */
export function SignOnPage() {
  const { problem } = useUrlQuery()
  return problem === undefined ? <Standing /> : <SignOnProblem problem={problem} />
}

function Standing() {
  const { application, returnTo = '', strength, tappedAfter } = useUrlQuery()
  const standing = useQuery({
    ...getQuery<SignOnStanding>('/sign-on/standing', { application, returnTo, strength, tappedAfter }),
    retry: false,
    gcTime: 0,
  })
  const tap = useMutation({ mutationFn: () => signIn({}), onSuccess: () => standing.refetch() })
  const onward = standing.data?.outcome === 'go' && !standing.isFetching ? standing.data.returnTo : null
  useEffect(() => {
    if (onward !== null) location.replace(onward)
  }, [onward])

  if (standing.error) {
    return (
      <EntryLayout title="This tool did not open">
        <ProblemAlert error={standing.error} />
        <Button
          component="a"
          href={
            hasCode(standing.error, 'stronger-key-needed')
              ? paths.strongerKey(`${location.pathname}${location.search}`)
              : paths.home
          }
        >
          {hasCode(standing.error, 'stronger-key-needed') ? 'Get such a key' : 'Go to Home'}
        </Button>
      </EntryLayout>
    )
  }
  if (!standing.data || onward !== null) {
    return (
      <EntryLayout title="To your tool">
        <RowSkeletons rows={2} height={24} />
      </EntryLayout>
    )
  }
  return (
    <EntryLayout title={standingTitle(standing.data)} lead={standing.data.sentence}>
      {standing.data.outcome === 'consent' ? (
        <SignOnConsent asked={standing.data} />
      ) : standing.data.outcome === 'deny' ? (
        <Denied help={standing.data.help} />
      ) : (
        <Missing standing={standing.data} tap={() => tap.mutate()} isBusy={tap.isPending} error={tap.error} />
      )}
    </EntryLayout>
  )
}

function Denied({ help }: { help: string | null }) {
  return (
    <>
      {help && <Text>{help}</Text>}
      <Button component="a" href={paths.home} variant="default">
        Go to Home
      </Button>
    </>
  )
}

interface MissingProps {
  standing: SignOnStanding
  tap: () => void
  isBusy: boolean
  error: unknown
}

function Missing({ standing, tap, isBusy, error }: MissingProps) {
  const me = useMe()
  const isOther = standing.outcome === 'stronger-key'
  if (isOther && !standing.hasKey) {
    return (
      <Stack gap="xs">
        <Text>You have no such key yet. Add one, and open {standing.application.name} again.</Text>
        <Button component="a" href={paths.addPasskey}>
          Add a key
        </Button>
      </Stack>
    )
  }
  return (
    <Stack gap="xs">
      <ProblemAlert error={error} />
      <Button size="md" loading={isBusy} leftSection={<IconFingerprint size={20} aria-hidden />} onClick={tap}>
        {isOther ? 'Tap your stronger key' : 'Tap your key'}
      </Button>
      <Text size="sm" c="dimmed">
        You are signed in as {me.displayName}. <Anchor href={paths.home}>Not now</Anchor>
      </Text>
    </Stack>
  )
}
