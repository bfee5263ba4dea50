import { Modal, Button, Stack, Text, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { PersonRef } from '../../api/shapes.ts'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

interface NewAgentProps {
  isOpen: boolean
  onClose: () => void
}

export const NewAgent = ({ isOpen, onClose }: NewAgentProps) => (
  <Modal opened={isOpen} onClose={onClose} title="New agent">
    <NewAgentForm onDone={onClose} />
  </Modal>
)

function NewAgentForm({ onDone }: { onDone: () => void }) {
  const { form, act, onSubmit } = useActForm({
    initialValues: { displayName: '', username: '' },
    validate: { displayName: required('it a name'), username: required('it a username') },
    act: ({ displayName, username }) =>
      api.post<PersonRef>('/agents', { displayName: displayName.trim(), username: username.trim() }),
    onDone: async () => {
      await refresh('/agents')
      onDone()
    },
  })
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <TextInput
          label="Name"
          placeholder="Release bot"
          maxLength={100}
          data-autofocus
          {...form.getInputProps('displayName')}
        />
        <TextInput
          label="Username"
          placeholder="release-bot"
          description="a–z, 0–9 and -; it stands in commits and can never be changed"
          maxLength={39}
          {...form.getInputProps('username')}
        />
        <Text size="sm" c="dimmed">
          You answer for it: what takes a tap it asks you for, and it ends when your access does.
        </Text>
        <ProblemAlert error={act.error} />
        <Button type="submit" loading={act.isPending}>
          Add it with a tap
        </Button>
      </Stack>
    </form>
  )
}
