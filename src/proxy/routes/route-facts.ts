import type { FactRow } from '../../http/access.ts'
import type { RouteRule, RouteSettings } from '../route-settings.ts'
import { ruleSentence } from './rule-sentence.ts'

/** What a tap over a route names: where it leads, whom the tool is told about, and who is asked for more. */
export function routeFacts(address: string, settings: RouteSettings): FactRow[] {
  const { upstream, connector, identityHeaders = {}, requestHeaders = {}, publicPaths = [], rules = [] } = settings
  const list = (label: string, values: readonly string[]): FactRow[] =>
    values.length === 0 ? [] : [{ label, value: values.join(', '), kind: 'text' }]
  return [
    { label: 'People open', value: address, kind: 'text' },
    {
      label: 'It leads to',
      value: connector === undefined ? upstream : `${upstream}, through ${connector}`,
      kind: 'text',
    },
    ...list(
      'The tool is told',
      Object.entries(identityHeaders).map(([name, claim]) => `${claim} as ${name}`),
    ),
    ...list('Also sent to it', Object.keys(requestHeaders)),
    ...list('Open to everybody', publicPaths),
    ...rules.map((rule: RouteRule): FactRow => ({ label: rule.title, value: ruleSentence(rule), kind: 'text' })),
    ...(settings.programs === true
      ? [{ label: 'Programs', value: 'may come with tokens of their own', kind: 'text' as const }]
      : []),
    ...(settings.tls?.ca === undefined
      ? []
      : [
          { label: 'Its certificate', value: 'may come from the authority that is pasted here', kind: 'text' as const },
        ]),
  ]
}
