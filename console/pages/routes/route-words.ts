import type { RouteRule } from '../../api/shapes.ts'
import { counted } from '../../ui/plain-words.ts'
import { strengthWords } from '../../ui/strength-words.ts'

/** What a rule of a route says, in one sentence; undefined while it asks for nothing yet. */
export function routeRuleSentence({ paths, methods, networks, groups, requires = {} }: RouteRule): string | undefined {
  const asks = [
    ...(groups?.length ? [`is open to ${listed(groups, 'and')} alone`] : []),
    ...(requires.strength ? [`takes ${strengthWords[requires.strength]}`] : []),
    ...(requires.freshnessSeconds ? [`takes a tap within the last ${lastWords(requires.freshnessSeconds)}`] : []),
    ...(requires.models ? ['takes the kinds of keys that are named'] : []),
    ...(requires.networks?.length ? [`is reached only from ${listed(requires.networks, 'or')}`] : []),
  ]
  if (asks.length === 0) return undefined
  const what = methods?.length ? listed(methods, 'or') : 'Everything'
  const where = paths?.length ? ` on ${listed(paths, 'or')}` : ' there'
  const from = networks?.length ? `, for those who come from ${listed(networks, 'or')},` : ''
  return `${what}${where}${from} ${listed(asks, 'and')}.`
}

function listed(words: readonly string[], join: 'and' | 'or'): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${join} ${last}`
}

/** “minute”, “15 minutes” */
const lastWords = (seconds: number): string => spanWords(seconds).replace(/^1 /, '')

export function spanWords(seconds: number): string {
  if (seconds % 86_400 === 0) return counted(seconds / 86_400, 'day')
  return seconds % 3600 === 0 ? counted(seconds / 3600, 'hour') : counted(Math.round(seconds / 60), 'minute')
}

export const claimWords = {
  username: 'Username',
  email: 'E-mail address',
  name: 'Name',
  groups: 'Groups (with commas)',
  strength: 'How strongly they signed in',
} as const

/** Settings without what is empty: a field that was cleared is a setting that is not there. */
export const withSetting = (
  settings: Record<string, unknown>,
  name: string,
  value: unknown,
): Record<string, unknown> => {
  const { [name]: _, ...rest } = settings
  return isEmpty(value) ? rest : { ...rest, [name]: value }
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}
