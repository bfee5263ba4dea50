import { Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { hasCode } from '../../api/problem.ts'
import type { RegistrationLinkView } from '../../api/shapes.ts'
import { useInstance, useMaybeMe } from '../../api/use-me.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useUrlQuery } from '../../url-state.ts'
import { EntryLayout } from './entry-layout.tsx'
import { NotSetUp } from './not-set-up.tsx'
import { RegistrationPage } from './registration-page.tsx'
import { SetupNextSteps } from './setup-next-steps.tsx'

/** Every one-time link ends here: set-up, next owner, a new address, an invitation. Its token stays in the fragment. */
export function SetupPage() {
  const { step } = useUrlQuery()
  const me = useMaybeMe()
  const token = useLocation({ select: ({ hash }) => decodeURIComponent(hash) })
  if (step === 'next' && me) return <SetupNextSteps me={me} />
  return token ? <Link token={token} /> : <NoToken />
}

function Link({ token }: { token: string }) {
  const link = useQuery({
    queryKey: ['registration-link', token],
    queryFn: () => api.post<RegistrationLinkView>('/registration-links/inspect', { token }, { isSignInOptional: true }),
    staleTime: Infinity,
    gcTime: 0,
  })
  if (link.data) return <RegistrationPage token={token} link={link.data} />
  if (hasCode(link.error, 'invalid-input')) return <Incomplete />
  return (
    <EntryLayout title={link.error ? 'This link does not work' : 'One moment'}>
      {link.error ? (
        <>
          <ProblemAlert error={link.error} />
          <WhatNow />
        </>
      ) : (
        <RowSkeletons rows={3} />
      )}
    </EntryLayout>
  )
}

function WhatNow() {
  const { isSetUp } = useInstance()
  return isSetUp ? (
    <Button component="a" href={paths.signIn()} variant="default">
      Sign in
    </Button>
  ) : (
    <Text>The terminal where Postern was started shows the newest link. Restart Postern to get a fresh one.</Text>
  )
}

function NoToken() {
  const { isSetUp } = useInstance()
  return isSetUp ? <Incomplete /> : <NotSetUp />
}

const Incomplete = () => (
  <EntryLayout
    title="This link is incomplete"
    lead="Its end, the part after #, is missing or cut off. Copy the whole link and open it again."
  >
    <WhatNow />
  </EntryLayout>
)
