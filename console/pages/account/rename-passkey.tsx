import { Button, Modal, Stack, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { CredentialView } from '../../api/shapes.ts'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

interface RenamePasskeyProps {
  credential: CredentialView
  isOpen: boolean
  onClose: () => void
}

export const RenamePasskey = ({ credential, isOpen, onClose }: RenamePasskeyProps) => (
  <Modal opened={isOpen} onClose={onClose} title="Rename this passkey">
    <RenameForm credential={credential} onDone={onClose} />
  </Modal>
)

function RenameForm({ credential, onDone }: { credential: CredentialView; onDone: () => void }) {
  const { form, act, onSubmit } = useActForm({
    initialValues: { name: credential.name },
    validate: { name: required('a name') },
    act: ({ name }) => api.patch<CredentialView>(`/me/credentials/${credential.id}`, { name: name.trim() }),
    onDone: async () => {
      await refresh('/me/credentials')
      onDone()
    },
  })
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <TextInput label="Name" maxLength={100} data-autofocus {...form.getInputProps('name')} />
        <ProblemAlert error={act.error} />
        <Button type="submit" loading={act.isPending}>
          Rename with a tap
        </Button>
      </Stack>
    </form>
  )
}
