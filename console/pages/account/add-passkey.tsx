import { Button, Group, List, Modal, Stack, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { meQuery, queryClient, refresh } from '../../api/queries.ts'
import { addPasskey } from '../../forms/register-passkey.ts'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useUrlState } from '../../url-state.ts'

export function AddPasskey() {
  const [add, setAdd] = useUrlState<'yes' | ''>('add', '')
  const setOpen = (isOpen: boolean) => setAdd(isOpen ? 'yes' : '')
  return (
    <>
      <Group>
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setOpen(true)}>
          Add a passkey
        </Button>
      </Group>
      <Modal opened={add === 'yes'} onClose={() => setOpen(false)} title="Add a passkey">
        <AddPasskeyForm onDone={() => setOpen(false)} />
      </Modal>
    </>
  )
}

function AddPasskeyForm({ onDone }: { onDone: () => void }) {
  const { form, act, onSubmit } = useActForm({
    initialValues: { name: '' },
    validate: { name: required('it a name, so that you know it again') },
    act: ({ name }) => addPasskey(name.trim()),
    onDone: async () => {
      await Promise.all([refresh('/me/credentials'), queryClient.invalidateQueries({ queryKey: meQuery.queryKey })])
      onDone()
    },
  })
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        It takes two taps:
        <List type="ordered" size="sm" spacing={4}>
          <List.Item>the new key makes the passkey,</List.Item>
          <List.Item>
            then one you already have vouches for it. So nobody can add a key to your account but you.
          </List.Item>
        </List>
        <TextInput
          label="Name"
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
