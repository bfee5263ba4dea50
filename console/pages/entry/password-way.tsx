import { Accordion, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useInstance } from '../../api/use-me.ts'
import { signInWithPassword } from '../../forms/sign-in-password.ts'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useGo, useUrlQuery } from '../../url-state.ts'
import type { WayProps } from './way-props.ts'

/** For those who are moving here with a password. Where no rule lets anybody in with one, it is not there. */
export function PasswordWay({ isBusy }: WayProps) {
  return useInstance().takesPasswords ? (
    <Accordion.Item value="password">
      <Accordion.Control>Use the password you brought</Accordion.Control>
      <Accordion.Panel>
        <PasswordForm isBusy={isBusy} />
      </Accordion.Panel>
    </Accordion.Item>
  ) : null
}

function PasswordForm({ isBusy }: Pick<WayProps, 'isBusy'>) {
  const go = useGo()
  const { returnTo } = useUrlQuery()
  const { form, act, onSubmit } = useActForm({
    initialValues: { name: '', password: '', code: '' },
    validate: { name: required('your username or e-mail'), password: required('your password') },
    act: signInWithPassword,
    onDone: () => go(paths.makePasskey(returnTo), { replace: true }),
  })
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="sm">
        <Text size="sm">Only for people who are moving here, for a while. Afterwards you make your passkey.</Text>
        <TextInput
          label="Username or e-mail"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          {...form.getInputProps('name')}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          {...form.getInputProps('password')}
        />
        <TextInput
          label="Code"
          description="If an app makes codes for you"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={10}
          {...form.getInputProps('code')}
        />
        <ProblemAlert error={act.error} />
        <Button type="submit" variant="default" loading={act.isPending || act.isSuccess} disabled={isBusy}>
          Sign in with the password
        </Button>
      </Stack>
    </form>
  )
}
