import { Button, PasswordInput, Stack } from '@mantine/core'
import { api } from '../api/client.ts'
import { refresh } from '../api/queries.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { required, useActForm } from './use-act-form.ts'

/** Another password, until the passkey is there. */
export function ChangePassword({ onChanged }: { onChanged: () => void }) {
  const { form, act, onSubmit } = useActForm({
    initialValues: { current: '', wanted: '' },
    validate: { current: required('your password'), wanted: required('another one') },
    act: (values) => api.put<void>('/me/password', values),
    async onDone() {
      await refresh('/me/password')
      onChanged()
    },
  })
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="sm">
        <PasswordInput
          label="Your password now"
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password you have' }}
          {...form.getInputProps('current')}
        />
        <PasswordInput
          label="Another one"
          description="Ten characters at least, and nothing that others use too: a few words do well"
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the new password' }}
          {...form.getInputProps('wanted')}
        />
        <ProblemAlert error={act.error} />
        <Button type="submit" variant="default" loading={act.isPending} style={{ alignSelf: 'flex-start' }}>
          Change the password
        </Button>
      </Stack>
    </form>
  )
}
