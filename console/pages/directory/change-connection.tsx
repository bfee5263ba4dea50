import { Paper, Select, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { getQuery, refresh } from '../../api/queries.ts'
import type { ConnectionChanges, ConnectionGroup, ConnectionView, PageOf } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { connectionPath, connectionsPath } from './connection-queries.ts'
import { kindWords } from './connection-words.ts'

const kinds = (['okta', 'entra', 'other'] as const).map((value) => ({ value, label: kindWords[value] }))

export function ChangeConnection({ connection, onClose }: { connection: ConnectionView; onClose: () => void }) {
  const path = connectionPath(connection.id)
  const [q, setQ] = useState('')
  const found = useQuery(getQuery<PageOf<ConnectionGroup>>(`${path}/groups`, { q }))
  const { form, act, onSubmit } = useActForm({
    initialValues: { name: connection.name, kind: connection.kind, requiredGroup: connection.requiredGroup },
    validate: { name: required('it a name') },
    act: ({ name, kind, requiredGroup }) =>
      api.patch<ConnectionView>(path, {
        name: name.trim(),
        kind,
        ...(requiredGroup === connection.requiredGroup ? {} : { requiredGroup }),
      } satisfies ConnectionChanges),
    onDone: async () => {
      await refresh(connectionsPath)
      onClose()
    },
  })
  const names = new Set([
    ...(found.data?.items.map(({ name }) => name) ?? []),
    ...(form.values.requiredGroup === null ? [] : [form.values.requiredGroup]),
  ])
  return (
    <Paper withBorder p="md" component="form" onSubmit={onSubmit} noValidate maw={560} aria-label="Change it">
      <Stack>
        <TextInput label="Name" maxLength={60} {...form.getInputProps('name')} />
        <Select label="Which directory" data={kinds} allowDeselect={false} {...form.getInputProps('kind')} />
        <Select
          label="Group its people must be in"
          description="Whoever leaves it there loses their access here, and gets it back when they join it again."
          placeholder="None"
          data={[...names]}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': 'No group' }}
          nothingFoundMessage="No such group of this directory"
          onSearchChange={setQ}
          {...form.getInputProps('requiredGroup')}
        />
        <FormEnd act={act} onCancel={onClose}>
          Save with a tap
        </FormEnd>
      </Stack>
    </Paper>
  )
}
