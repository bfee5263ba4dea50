import { Alert, Button, Stack, Text, TextInput } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { meQuery, queryClient, refresh } from '../api/queries.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { addPasskey } from './register-passkey.ts'
import { required, useActForm } from './use-act-form.ts'

interface AddStrongerKeyProps {
  onAdded: () => Promise<unknown>
  /** Whether a key of this name would do. */
  fits: (name: string) => boolean
}

/** The new key makes a passkey, the present one vouches for it. The account stays as safe as it was. */
export function AddStrongerKey({ onAdded, fits }: AddStrongerKeyProps) {
  const { form, act, onSubmit } = useActForm({
    initialValues: { name: '' },
    validate: { name: required('it a name, so that you know it again') },
    act: ({ name }) => addPasskey(name.trim()),
    onDone: async () => {
      await Promise.all([refresh('/me/credentials'), queryClient.invalidateQueries({ queryKey: meQuery.queryKey })])
      await onAdded()
    },
  })
  const added = act.data?.name
  if (added !== undefined && fits(added)) return null
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        {added !== undefined && (
          <Alert color="yellow" icon={<IconInfoCircle />} role="alert">
            “{added}” was added, and it is not of that kind. Try with another key.
          </Alert>
        )}
        <Text size="sm">It takes two taps: the new key makes the passkey, then the one you have vouches for it.</Text>
        <TextInput
          label="Name of the new key"
          placeholder="Blue key on my keyring"
          maxLength={100}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <ProblemAlert error={act.error} />
        <Button type="submit" loading={act.isPending}>
          {act.isError ? 'Start again with the new key' : 'Tap the new key'}
        </Button>
      </Stack>
    </form>
  )
}
