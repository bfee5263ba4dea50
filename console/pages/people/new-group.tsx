import { Button, Modal, Stack, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { Group } from '../../api/shapes.ts'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

interface NewGroupProps {
  isOpen: boolean
  onClose: () => void
}

export const NewGroup = ({ isOpen, onClose }: NewGroupProps) => (
  <Modal opened={isOpen} onClose={onClose} title="New group">
    <NewGroupForm onDone={onClose} />
  </Modal>
)

function NewGroupForm({ onDone }: { onDone: () => void }) {
  const { form, act, onSubmit } = useActForm({
    initialValues: { name: '', description: '' },
    validate: { name: required('the group a name') },
    act: (values) => api.post<Group>('/groups', values),
    onDone: async () => {
      await refresh('/groups')
      onDone()
    },
  })
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <TextInput label="Name" placeholder="backend" maxLength={64} data-autofocus {...form.getInputProps('name')} />
        <TextInput label="What it is for" maxLength={500} {...form.getInputProps('description')} />
        <ProblemAlert error={act.error} />
        <Button type="submit" loading={act.isPending}>
          Create with a tap
        </Button>
      </Stack>
    </form>
  )
}
