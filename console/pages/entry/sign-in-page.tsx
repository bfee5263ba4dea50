import { Button, Stack, Text, TextInput } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { hasCode } from '../../api/problem.ts'
import { useInstance } from '../../api/use-me.ts'
import { type SignInHint, signIn } from '../../forms/sign-in.ts'
import { safeReturnTo } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useGo, useUrlQuery } from '../../url-state.ts'
import { RegisterInstead } from '../domains/register-instead.tsx'
import { WasItYou } from '../recovery/was-it-you.tsx'
import { RefusedAlert } from '../upstream/refused-alert.tsx'
import { placesQuery } from '../upstream/upstream-queries.ts'
import { AccessOver } from './access-over.tsx'
import { EntryLayout } from './entry-layout.tsx'
import { NotSetUp } from './not-set-up.tsx'
import { OrganisationWays } from './organisation-ways.tsx'
import { OtherWays } from './other-ways.tsx'
import { useAutofillSignIn } from './use-autofill-sign-in.ts'

export function SignInPage() {
  return useInstance().isSetUp ? <SignIn /> : <NotSetUp />
}

/** What comes after the tap is fetched while the person reaches for the key. */
const fetchAhead = () => Promise.all([import('../shell/shell.tsx'), import('../home/home-page.tsx')])

function SignIn() {
  useEffect(() => void fetchAhead().catch(() => {}), [])
  const [shownAt] = useState(() => performance.now())
  const go = useGo()
  const { returnTo, refused, provider } = useUrlQuery()
  const places = useQuery(placesQuery)
  const [autofillProblem, setAutofillProblem] = useState<unknown>(null)
  const enter = () => go(safeReturnTo(returnTo, location.origin), { replace: true })
  const tap = useMutation({
    mutationFn: (hint: SignInHint | undefined) => signIn({ hint, shownAt }),
    onMutate: () => setAutofillProblem(null),
    onSuccess: enter,
  })
  useAutofillSignIn({
    isArmed: !tap.isPending && !tap.isSuccess,
    shownAt,
    onSignedIn: enter,
    onRefused: setAutofillProblem,
  })

  const refusal = tap.error ?? autofillProblem
  const forget = () => {
    tap.reset()
    setAutofillProblem(null)
  }
  if (hasCode(refusal, 'passkey-suspended')) return <WasItYou detail={refusal.problem.detail} onOver={forget} />
  return (
    <EntryLayout
      title="Sign in"
      lead="With your passkey: your device checks that it is you. Nothing to type, and nothing to steal."
    >
      <AccessOver />
      {!refusal && <RefusedAlert code={refused} name={places.data?.items.find(({ id }) => id === provider)?.name} />}
      <ProblemAlert error={refusal} />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          tap.mutate(undefined)
        }}
      >
        <Stack>
          <Button
            type="submit"
            size="md"
            fullWidth
            loading={tap.isPending || tap.isSuccess}
            leftSection={<IconFingerprint size={20} aria-hidden />}
          >
            {tap.isError ? 'Try again' : 'Sign in with a passkey'}
          </Button>
          <TextInput
            label="Or pick one your browser knows"
            placeholder="Your passkeys appear here"
            name="username"
            autoComplete="username webauthn"
          />
          <Text size="sm" c="dimmed" role="status">
            {tap.isPending ? 'Waiting for your key. Follow your browser’s prompt.' : ''}
          </Text>
        </Stack>
      </form>
      <OrganisationWays isBusy={tap.isPending} returnTo={returnTo} />
      <OtherWays isBusy={tap.isPending} onTry={(hint) => tap.mutate(hint)} onSignedIn={enter} />
      <RegisterInstead />
    </EntryLayout>
  )
}
