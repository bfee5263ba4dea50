import { Paper, Stack, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { DomainView } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { paths } from '../../paths.ts'
import { useGo } from '../../url-state.ts'
import { domainsPath } from './domain-queries.ts'

export function AddDomain({ onCancel }: { onCancel: () => void }) {
  const go = useGo()
  const { form, act, onSubmit } = useActForm({
    initialValues: { name: '' },
    validate: { name: required('a domain') },
    act: ({ name }) => api.post<DomainView>(domainsPath, { name: name.trim() }),
    onDone: async ({ id }) => {
      await refresh(domainsPath)
      go(paths.domain(id))
    },
  })
  return (
    <Paper withBorder p="md" component="form" onSubmit={onSubmit} noValidate>
      <Stack>
        <TextInput
          label="Domain"
          description="What stands after the @ in your addresses"
          placeholder="example.com"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          autoFocus
          maxLength={260}
          maw={420}
          {...form.getInputProps('name')}
        />
        <FormEnd act={act} onCancel={onCancel}>
          Add it with a tap
        </FormEnd>
      </Stack>
    </Paper>
  )
}
