import { Button, Modal, Select, Stack, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { PersonAdded } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { organisationRoles } from '../../forms/role-words.ts'
import { NameFields } from '../../forms/name-fields.tsx'
import { emailProblem, usernameProblem } from '../../forms/suggest-username.ts'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

interface AddPersonProps {
  isOpen: boolean
  onClose: () => void
  onAdded: (added: PersonAdded) => void
}

export const AddPerson = ({ isOpen, onClose, onAdded }: AddPersonProps) => (
  <Modal opened={isOpen} onClose={onClose} title="Add a person">
    <AddPersonForm onAdded={onAdded} />
  </Modal>
)

function AddPersonForm({ onAdded }: Pick<AddPersonProps, 'onAdded'>) {
  const me = useMe()
  const { form, act, onSubmit } = useActForm({
    initialValues: { displayName: '', username: '', email: '', role: 'member' },
    validate: { displayName: required('their name'), username: usernameProblem, email: emailProblem },
    act: (values) => api.post<PersonAdded>('/people', { ...values, email: values.email.trim() }),
    onDone: async (added) => {
      onAdded(added)
      await refresh('/people')
    },
  })
  // Only an owner makes owners.
  const roles = organisationRoles.filter(({ value }) => value !== 'owner' || me.role === 'owner')
  const description = roles.find(({ value }) => value === form.values.role)?.description
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <NameFields form={form} isOwn={false} usernameHint="It cannot be changed later" />
        <TextInput label="E-mail" type="email" autoComplete="off" {...form.getInputProps('email')} />
        <Select
          label="Role"
          description={description}
          data={roles.map(({ value, label }) => ({ value, label }))}
          allowDeselect={false}
          {...form.getInputProps('role')}
        />
        <ProblemAlert error={act.error} />
        <Button type="submit" loading={act.isPending}>
          Add with a tap
        </Button>
      </Stack>
    </form>
  )
}
