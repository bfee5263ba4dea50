import { Paper, Stack, Text, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { DeployKeyChanges, DeployKeyView } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { lifetimeOf, lifetimeSent, type LifetimeValues } from './deploy-key-words.ts'
import { lifetimeChecks, LifetimeFields } from './lifetime-fields.tsx'

type Values = LifetimeValues & { name: string }

/** Its name and how long it is good; what it may do never changes. */
export function ChangeDeployKeyForm(props: {
  path: string
  mostDays: number
  deployKey: DeployKeyView
  onDone: () => void
}) {
  const { deployKey: key, mostDays } = props
  const before = lifetimeOf(key, mostDays)
  const { form, act, onSubmit } = useActForm<Values & Record<string, unknown>, DeployKeyView>({
    initialValues: { name: key.name, ...before },
    validate: { name: required('it a name'), ...lifetimeChecks },
    act: ({ name, ...lifetime }) =>
      api.patch<DeployKeyView>(`${props.path}/${key.id}`, {
        name: name.trim(),
        ...(key.successor === null ? { lifetime: lifetimeSent(lifetime) } : {}),
      } satisfies DeployKeyChanges),
    onDone: async () => {
      await refresh(props.path)
      props.onDone()
    },
  })
  return (
    <Paper withBorder p="md" component="form" onSubmit={onSubmit} noValidate>
      <Stack>
        <TextInput label="Name" maxLength={100} autoFocus {...form.getInputProps('name')} />
        {key.successor === null ? (
          <LifetimeFields form={form} mostDays={mostDays} />
        ) : (
          <Text size="sm">A new key takes its place: how long that is good, you change there.</Text>
        )}
        <FormEnd act={act} onCancel={props.onDone}>
          Save with a tap
        </FormEnd>
      </Stack>
    </Paper>
  )
}
