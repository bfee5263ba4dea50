import { Button, Stack, Text, TextInput } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useInstance } from '../../api/use-me.ts'
import { type SignInHint, signIn } from '../../forms/sign-in.ts'
import { safeReturnTo } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useGo, useUrlQuery } from '../../url-state.ts'
import { EntryLayout } from './entry-layout.tsx'
import { NotSetUp } from './not-set-up.tsx'
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
  const { returnTo } = useUrlQuery()
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

  return (
    <EntryLayout
      title="Sign in"
      lead="With your passkey: your device checks that it is you. There is no password to steal."
    >
      <ProblemAlert error={tap.error ?? autofillProblem} />
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
            placeholder="Click here for your passkeys"
            name="username"
            autoComplete="username webauthn"
          />
          <Text size="sm" c="dimmed" role="status">
            {tap.isPending ? 'Waiting for your key. Follow your browser’s prompt.' : ''}
          </Text>
        </Stack>
      </form>
      <OtherWays isBusy={tap.isPending} onTry={(hint) => tap.mutate(hint)} />
    </EntryLayout>
  )
}
