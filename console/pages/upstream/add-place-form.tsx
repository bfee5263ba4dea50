import { Paper, PasswordInput, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { NewProvider, ProviderView } from '../../api/shapes.ts'
import { useInstance } from '../../api/use-me.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { asSent, placeChecks, PlaceFields, placeValues, type PlaceValues } from './place-fields.tsx'
import { PlaceRecipe } from './place-recipe.tsx'
import { issuerExamples, kindWords } from './place-words.ts'
import { providersPath } from './upstream-queries.ts'

const kinds = (Object.entries(kindWords) as [ProviderView['kind'], string][]).map(([value, label]) => ({
  value,
  label,
}))

interface AddPlaceFormProps {
  /** Stands in the redirect URI, which is registered over there before this is sent. */
  id: string
  onMade: (place: ProviderView) => void
  onCancel: () => void
}

type AddValues = PlaceValues & { kind: ProviderView['kind']; issuer: string }

/** What is decided here, and beside it what is to be done over there. */
export function AddPlaceForm({ id, onMade, onCancel }: AddPlaceFormProps) {
  const { url } = useInstance()
  const root = `${new URL(url).origin}/api/v1/sign-in/upstream/${id}`
  const { form, act, onSubmit } = useActForm<AddValues, ProviderView>({
    initialValues: { ...placeValues(), kind: 'okta', issuer: '' },
    validate: {
      ...placeChecks,
      issuer: required('its issuer'),
      clientSecret: required('the client secret'),
    },
    act: ({ kind, issuer, clientSecret, ...values }) =>
      api.post<ProviderView>(providersPath, {
        ...asSent({ ...values, clientSecret }),
        id,
        kind,
        issuer: issuer.trim(),
        clientSecret: clientSecret.trim(),
      } satisfies NewProvider),
    onDone: async (place) => {
      await refresh(providersPath)
      onMade(place)
    },
  })
  const { kind } = form.values
  return (
    <Paper withBorder p="md">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <form onSubmit={onSubmit} noValidate aria-label="Set up another place to sign in">
          <Stack>
            <Select label="Which place" data={kinds} allowDeselect={false} {...form.getInputProps('kind')} />
            <TextInput
              label="Name"
              description="As its button says it: “Continue with …”"
              placeholder={kind === 'other' ? 'Acme' : kindWords[kind]}
              maxLength={60}
              {...form.getInputProps('name')}
            />
            <TextInput label="Issuer" placeholder={issuerExamples[kind]} {...form.getInputProps('issuer')} />
            <TextInput label="Client id" autoComplete="off" spellCheck={false} {...form.getInputProps('clientId')} />
            <PasswordInput
              label="Client secret"
              description="Kept closed; never shown again."
              autoComplete="off"
              {...form.getInputProps('clientSecret')}
            />
            <PlaceFields form={form} />
            <FormEnd act={act} onCancel={onCancel}>
              Set it up with a tap
            </FormEnd>
          </Stack>
        </form>
        <PlaceRecipe kind={kind} returnUri={`${root}/return`} logoutUri={`${root}/logout`} />
      </SimpleGrid>
    </Paper>
  )
}
