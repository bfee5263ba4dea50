import { Button, Modal, Stack } from '@mantine/core'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { AgentView } from '../../api/shapes.ts'
import { PersonSelect } from '../../forms/person-select.tsx'
import { useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

export function ChangeOwner({ agent }: { agent: AgentView }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpen(true)}>
        Hand over
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={`Who answers for ${agent.displayName}?`}>
        <ChangeOwnerForm agent={agent} onDone={() => setOpen(false)} />
      </Modal>
    </>
  )
}

function ChangeOwnerForm({ agent, onDone }: { agent: AgentView; onDone: () => void }) {
  const { form, act, onSubmit } = useActForm({
    initialValues: { owner: null as string | null },
    validate: { owner: (owner) => (owner === null ? 'Choose a person' : null) },
    act: ({ owner }) => api.patch(`/agents/${agent.username}`, { owner }),
    onDone: async () => {
      await refresh('/agents')
      onDone()
    },
  })
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <PersonSelect
          label="Person"
          description="They are asked for what it may not do itself, and it ends with them"
          placeholder="Choose a person"
          value={form.values.owner}
          onChange={(owner) => form.setFieldValue('owner', owner)}
          error={form.errors['owner']}
        />
        <ProblemAlert error={act.error} />
        <Button type="submit" loading={act.isPending}>
          Hand over with a tap
        </Button>
      </Stack>
    </form>
  )
}
