import { Alert, Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { api } from '../../api/client.ts'
import type { RecoveryBegun } from '../../api/shapes.ts'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useGo } from '../../url-state.ts'
import { EntryLayout } from '../entry/entry-layout.tsx'

/** Every passkey is lost, and one of the ten codes is at hand. */
export function RecoverPage() {
  const go = useGo()
  const { form, act, onSubmit } = useActForm({
    initialValues: { name: '', code: '' },
    validate: { name: required('your username or e-mail address'), code: required('a recovery code') },
    act: ({ name, code }) =>
      api.post<RecoveryBegun>('/recovery/use-code', { name: name.trim(), code }, { isSignInOptional: true }),
    // The link is in the fragment, as one that came by letter would be.
    onDone: ({ link }) => go(link.slice(new URL(link).origin.length), { replace: true }),
  })
  return (
    <EntryLayout title="Get back in" lead="With one of the ten recovery codes you printed or saved.">
      <form onSubmit={onSubmit} noValidate>
        <Stack>
          <TextInput
            label="Username or e-mail"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={254}
            autoFocus
            {...form.getInputProps('name')}
          />
          <TextInput
            label="Recovery code"
            description="16 letters and digits; capitals and dashes do not matter"
            placeholder="K7QM-2F9X-0HNA-4T5B"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={40}
            styles={{ input: { fontFamily: 'monospace' } }}
            {...form.getInputProps('code')}
          />
          <Alert color="yellow" p="sm" icon={<IconAlertTriangle />} title="What happens then">
            <Text size="sm">
              Your passkeys pause, your sessions, tokens and SSH keys end, and you are told by letter. You make a new
              passkey at once. For a while any passkey you had can cancel all of this.
            </Text>
          </Alert>
          <ProblemAlert error={act.error} />
          <Button type="submit" size="md" loading={act.isPending || act.isSuccess}>
            {act.isError ? 'Try again' : 'Use this code'}
          </Button>
          <Text size="sm" c="dimmed">
            No code? An administrator can let you back in: ask one, in person or by telephone.{' '}
            <Anchor href={paths.signIn()} inherit>
              Back to sign-in
            </Anchor>
          </Text>
        </Stack>
      </form>
    </EntryLayout>
  )
}
