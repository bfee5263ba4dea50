import type { UseFormReturnType } from '@mantine/form'
import type { ApplicationChanges, ApplicationSummary, ApplicationView, NewApplication } from '../../api/shapes.ts'

/** As it is typed. `asked` is what the recipe asks for, from which settings and address are filled. */
export interface ApplicationValues extends Record<string, unknown> {
  name: string
  slug: string
  description: string
  launchUrl: string
  audience: ApplicationSummary['audience']
  groups: string[]
  strength: 'passkey' | 'device-bound' | 'attested'
  settings: Record<string, unknown>
  asked: Record<string, string>
}

export type ApplicationForm = UseFormReturnType<ApplicationValues>

export const valuesOf = (view: ApplicationView): ApplicationValues => ({
  name: view.name,
  slug: view.slug,
  description: view.description,
  launchUrl: view.launchUrl ?? '',
  audience: view.audience,
  groups: view.groups,
  strength: view.strength === 'device-bound' || view.strength === 'attested' ? view.strength : 'passkey',
  settings: view.settings as Record<string, unknown>,
  asked: {},
})

/** What both making and changing one send. */
export const commonOf = (values: ApplicationValues): Omit<NewApplication, 'kind' | 'slug' | 'recipe'> => ({
  name: values.name.trim(),
  description: values.description.trim(),
  launchUrl: values.launchUrl.trim() || null,
  audience: values.audience,
  groups: values.audience === 'groups' ? values.groups : [],
  strength: values.strength === 'passkey' ? null : values.strength,
  settings: tidySettings(values.settings),
})

/** Lists are typed a line each: empty lines and the spaces around them are nobody’s meaning. */
export const tidySettings = (settings: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, tidy(value)]))

function tidy(value: unknown): unknown {
  if (typeof value === 'string') return value.trim()
  if (!Array.isArray(value)) return value
  return value.map(tidy).filter((one) => one !== '')
}

/** The refusal of a setting, or of one of its lines. */
export const settingError = ({ errors }: Pick<ApplicationForm, 'errors'>, name: string) =>
  withoutPlace(
    errors[`settings.${name}`] ??
      Object.entries(errors).find(([field]) => field.startsWith(`settings.${name}.`))?.[1] ??
      null,
  )

/** It stands at its field: where in the settings that is need not be said. */
const withoutPlace = <Words>(error: Words): Words | string =>
  typeof error === 'string'
    ? error.replace(/^settings\.[\w.-]+: (.)/, (_, first: string) => first.toUpperCase())
    : error

/** What became different, as it is sent; nothing where nothing did. */
export function changesOf(before: ApplicationValues, after: ApplicationValues): ApplicationChanges {
  const [was, is] = [commonOf(before), commonOf(after)]
  const isSame = (name: keyof typeof is): boolean => JSON.stringify(was[name]) === JSON.stringify(is[name])
  const changes = Object.fromEntries(
    (Object.keys(is) as (keyof typeof is)[]).filter((name) => !isSame(name)).map((name) => [name, is[name]]),
  ) as ApplicationChanges
  // Who may is said as one.
  if ('audience' in changes || 'groups' in changes) return { ...changes, audience: is.audience, groups: is.groups }
  return changes
}
