import { Paper, Stack, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ConnectorMade, NewConnector } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { useActForm } from '../../forms/use-act-form.ts'
import { connectorsPath } from './connectors-path.ts'

export function AddConnector(props: { onMade: (made: ConnectorMade) => void; onCancel: () => void }) {
  const { form, act, onSubmit } = useActForm<NewConnector, ConnectorMade>({
    initialValues: { name: '' },
    validate: {
      name: (name) =>
        /^[a-z0-9][a-z0-9-]{1,38}$/.test(name.trim()) ? null : 'Small letters, digits and dashes, two at least.',
    },
    act: ({ name }) => api.post<ConnectorMade>(connectorsPath, { name: name.trim() } satisfies NewConnector),
    onDone: async (made) => {
      props.onMade(made)
      await refresh(connectorsPath)
    },
  })
  return (
    <Paper withBorder p="md" maw={640}>
      <form onSubmit={onSubmit} noValidate aria-label="Add a connector">
        <Stack maw={420}>
          <TextInput
            label="Name"
            placeholder="office"
            description="Such as the network it stands in. Tools that go through it name it."
            maxLength={39}
            {...form.getInputProps('name')}
          />
          <FormEnd act={act} onCancel={props.onCancel}>
            Add it with a tap
          </FormEnd>
        </Stack>
      </form>
    </Paper>
  )
}
