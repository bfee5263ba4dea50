import { Button, Stack, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { meQuery, queryClient, refresh } from '../api/queries.ts'
import type { CredentialView } from '../api/shapes.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { addPasskey } from './register-passkey.ts'
import { required, useActForm } from './use-act-form.ts'
import { hintOf, type Where, WhereChoice } from './where-choice.tsx'

interface AddPasskeyFormProps {
  /** What to expect. */
  intro: ReactNode
  onAdded: (name: string) => unknown
}

/** The new key makes a passkey, one of the present ones vouches for it. The account stays as safe as it was. */
export function AddPasskeyForm({ intro, onAdded }: AddPasskeyFormProps) {
  const { form, act, onSubmit } = useActForm<{ name: string; where: Where }, CredentialView>({
    initialValues: { name: '', where: 'any' },
    validate: { name: required('it a name, so that you know it again') },
    act: ({ name, where }) => addPasskey(name.trim(), hintOf(where)),
    onDone: async ({ name }) => {
      await Promise.all([refresh('/me/credentials'), queryClient.invalidateQueries({ queryKey: meQuery.queryKey })])
      await onAdded(name)
    },
  })
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        {intro}
        <TextInput
          label="Name of the new key"
          placeholder="Blue key on my keyring"
          maxLength={100}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <WhereChoice value={form.values.where} onChange={(where) => form.setFieldValue('where', where)} />
        <ProblemAlert error={act.error} />
        <Button type="submit" loading={act.isPending}>
          {act.isError ? 'Start again with the new key' : 'Tap the new key'}
        </Button>
      </Stack>
    </form>
  )
}
