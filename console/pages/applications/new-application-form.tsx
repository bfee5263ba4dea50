import { Anchor, Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ApplicationMade, ApplicationSummary, CopiedValue, NewApplication, Recipe } from '../../api/shapes.ts'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Section } from '../../ui/section.tsx'
import { commonOf, type ApplicationValues } from './application-form.ts'
import { applicationsPath } from './application-queries.ts'
import { routeNeedsNothing, slugFrom, valuesTitle } from './application-words.ts'
import { AsksFields } from './asks-fields.tsx'
import { fillAll } from './fill-recipe.ts'
import { OwnSettings } from './own-settings.tsx'
import { neededSettings } from './needed-settings.ts'
import { RecipeSteps, stepsId } from './recipe-steps.tsx'
import { ValuesToCopy } from './values-to-copy.tsx'
import { WhoMayFields } from './who-may-fields.tsx'

interface NewApplicationFormProps {
  kind: ApplicationSummary['kind']
  recipe: Recipe | undefined
  /** Values of the kind that there are before it is made. */
  known: readonly CopiedValue[]
  onMade: (made: ApplicationMade, asked: Record<string, string>) => void
}

/** What is decided here, filled in by the recipe, and beside it what is to be done over there. */
export function NewApplicationForm({ kind, recipe, known, onMade }: NewApplicationFormProps) {
  const { form, act, onSubmit } = useActForm<ApplicationValues, ApplicationMade>({
    initialValues: {
      name: recipe?.product ?? '',
      slug: recipe?.slug ?? '',
      description: recipe?.description ?? '',
      launchUrl: recipe?.asks.length === 0 ? (recipe.launchUrl ?? '') : '',
      audience: 'members',
      groups: [],
      strength: 'passkey',
      settings: recipe?.asks.length === 0 ? recipe.settings : emptySettings(recipe?.settings ?? {}),
      asked: Object.fromEntries((recipe?.asks ?? []).map(({ name }) => [name, ''])),
    },
    validate: {
      name: required('its name'),
      slug: required('a short name'),
      settings: neededSettings[kind],
      groups: (groups, { audience }) =>
        audience === 'groups' && groups.length === 0 ? 'Choose a group: without one nobody could open it' : null,
      asked: Object.fromEntries((recipe?.asks ?? []).map(({ name }) => [name, required('this')])),
    },
    act: (values) =>
      api.post<ApplicationMade>(applicationsPath, {
        ...commonOf(values),
        kind,
        slug: values.slug.trim(),
        recipe: recipe?.id ?? null,
      } satisfies NewApplication),
    onDone: async (made) => {
      await Promise.all([refresh(applicationsPath), refresh('/home')])
      onMade(made, form.getValues().asked)
    },
  })
  const { asked } = form.values
  const fillIn = (name: string, value: string) => {
    const all = { ...asked, [name]: value }
    form.setFieldValue(`asked.${name}`, value)
    if (recipe === undefined) return
    const said = Object.fromEntries(
      Object.entries(all).flatMap(([one, text]) =>
        text.trim() === '' ? [] : [[one, text.trim().replace(/\/+$/, '')]],
      ),
    )
    form.setFieldValue('settings', fillAll(recipe.settings, said))
    if (recipe.launchUrl !== null) form.setFieldValue('launchUrl', fillAll(recipe.launchUrl, said))
  }
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
      {recipe !== undefined && (
        <Anchor href={`#${stepsId}`} hiddenFrom="md" size="sm" underline="always">
          What to do in {recipe.product}: below the form
        </Anchor>
      )}
      <form onSubmit={onSubmit} noValidate aria-label="Set up an application">
        <Stack gap="md">
          {recipe !== undefined && <AsksFields recipe={recipe} form={form} onChange={fillIn} />}
          <TextInput
            label="Name"
            description="As people find it on their Home."
            maxLength={60}
            {...form.getInputProps('name')}
            onChange={(event) => {
              const { value } = event.currentTarget
              if (form.values.slug === slugFrom(form.values.name)) form.setFieldValue('slug', slugFrom(value))
              form.setFieldValue('name', value)
            }}
          />
          <TextInput label="In a few words" maxLength={160} {...form.getInputProps('description')} />
          <WhoMayFields form={form} />
          <OwnSettings kind={kind} form={form} isFilledIn={recipe !== undefined} isNew />
          <ProblemAlert error={act.error} />
          <Group>
            <Button type="submit" loading={act.isPending}>
              Set up with a tap
            </Button>
            <Button component="a" href={paths.newApplication()} variant="default" disabled={act.isPending}>
              Cancel
            </Button>
          </Group>
        </Stack>
      </form>
      {recipe === undefined ? (
        <Section title={valuesTitle[kind]}>
          {kind === 'route' && <Text size="sm">{routeNeedsNothing}</Text>}
          <ValuesToCopy values={known} />
        </Section>
      ) : (
        <RecipeSteps recipe={recipe} values={known} asked={asked} />
      )}
    </SimpleGrid>
  )
}

/** The settings of a recipe before anything was said: what waits for an answer is left empty. */
const emptySettings = (settings: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(settings).replaceAll(/[^"]*\{[a-zA-Z]+\}[^"]*/g, '')) as Record<string, unknown>
