import { Button, Modal, Select, Stack } from '@mantine/core'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { Person } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { organisationRoles } from '../../forms/role-words.ts'
import { useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'

/** @param refusal why this role stays as it is */
export function ChangeRole({ person, refusal }: { person: Person; refusal: string | null }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <ReasonedButton reason={refusal} size="compact-xs" variant="default" onClick={() => setOpen(true)}>
        Change role
      </ReasonedButton>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={`Change the role of ${person.displayName}`}>
        <RoleForm person={person} onDone={() => setOpen(false)} />
      </Modal>
    </>
  )
}

function RoleForm({ person, onDone }: { person: Person; onDone: () => void }) {
  const me = useMe()
  const { form, act, onSubmit } = useActForm({
    initialValues: { role: person.role },
    act: (values) => api.patch<Person>(`/people/${person.username}`, values),
    onDone: async () => {
      onDone()
      await refresh('/people')
    },
  })
  const roles = organisationRoles.filter(({ value }) => me.role === 'owner' || value === 'member' || value === 'guest')
  const { role } = form.values
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Select
          label="Role"
          description={
            role === 'guest' && person.role !== 'guest'
              ? 'Sees only what they are given, and their access ends by itself. You answer for them.'
              : roles.find(({ value }) => value === role)?.description
          }
          data={roles.map(({ value, label }) => ({ value, label }))}
          allowDeselect={false}
          {...form.getInputProps('role')}
        />
        <ProblemAlert error={act.error} />
        <Button type="submit" loading={act.isPending} disabled={role === person.role}>
          Change with a tap
        </Button>
      </Stack>
    </form>
  )
}
