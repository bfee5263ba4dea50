import { Paper, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ConnectionMade, NewConnection } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { connectionsPath } from './connection-queries.ts'
import { ConnectionRecipe } from './connection-recipe.tsx'
import { kindWords } from './connection-words.ts'
import { lifetimes, tokenDays } from './token-lifetimes.ts'

const kinds = (['okta', 'entra', 'other'] as const).map((value) => ({ value, label: kindWords[value] }))

type Values = Pick<NewConnection, 'name' | 'kind'> & { lifetime: string }

/** What is decided here, and beside it what is to be done in the directory. */
export function ConnectForm(props: { baseUrl: string; onMade: (made: ConnectionMade) => void; onCancel: () => void }) {
  const { form, act, onSubmit } = useActForm<Values, ConnectionMade>({
    initialValues: { name: '', kind: 'okta', lifetime: '365' },
    validate: { name: required('it a name, such as the directory’s own') },
    act: ({ name, kind, lifetime }) =>
      api.post<ConnectionMade>(connectionsPath, {
        name: name.trim(),
        kind,
        tokenDays: tokenDays(lifetime),
      } satisfies NewConnection),
    onDone: async (made) => {
      props.onMade(made)
      await refresh(connectionsPath)
    },
  })
  return (
    <Paper withBorder p="md">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <form onSubmit={onSubmit} noValidate aria-label="Connect a directory">
          <Stack>
            <Select label="Which directory" data={kinds} allowDeselect={false} {...form.getInputProps('kind')} />
            <TextInput
              label="Name"
              placeholder={kindWords[form.values.kind]}
              description="As it stands on pages and in the audit."
              maxLength={60}
              {...form.getInputProps('name')}
            />
            <Select
              label="Its token ends after"
              description="You can make a new one at any time; the one before then works for another hour."
              data={lifetimes}
              allowDeselect={false}
              {...form.getInputProps('lifetime')}
            />
            <FormEnd act={act} onCancel={props.onCancel}>
              Connect it with a tap
            </FormEnd>
          </Stack>
        </form>
        <ConnectionRecipe kind={form.values.kind} baseUrl={props.baseUrl} />
      </SimpleGrid>
    </Paper>
  )
}
