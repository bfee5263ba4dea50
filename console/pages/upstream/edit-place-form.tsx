import { Paper, PasswordInput, Stack, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ProviderChanges, ProviderView } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { useActForm } from '../../forms/use-act-form.ts'
import { asSent, placeChecks, PlaceFields, placeValues, type PlaceValues } from './place-fields.tsx'
import { providerPath, providersPath } from './upstream-queries.ts'

/** Everything of a place but its issuer: another issuer is another place. */
export function EditPlaceForm({ place, onDone }: { place: ProviderView; onDone: () => void }) {
  const { form, act, onSubmit } = useActForm<PlaceValues, ProviderView>({
    initialValues: placeValues(place),
    validate: placeChecks,
    act: (values) =>
      api.patch<ProviderView>(providerPath(place.id), {
        ...asSent(values),
        ...(values.clientSecret.trim() === '' ? {} : { clientSecret: values.clientSecret.trim() }),
      } satisfies ProviderChanges),
    onDone: async () => {
      await refresh(providersPath)
      onDone()
    },
  })
  return (
    <Paper withBorder p="md" maw={640}>
      <form onSubmit={onSubmit} noValidate aria-label={`Change ${place.name}`}>
        <Stack>
          <TextInput label="Name" maxLength={60} {...form.getInputProps('name')} />
          <TextInput label="Client id" autoComplete="off" spellCheck={false} {...form.getInputProps('clientId')} />
          <PasswordInput
            label="New client secret"
            description="Empty: the one of now stays."
            autoComplete="off"
            {...form.getInputProps('clientSecret')}
          />
          <PlaceFields form={form} />
          <FormEnd act={act} onCancel={onDone}>
            Save with a tap
          </FormEnd>
        </Stack>
      </form>
    </Paper>
  )
}
