import type { FactRow } from '../http/access.ts'
import type { NewApiToken, TokenScope } from './shapes.ts'

export const scopeWords: Record<TokenScope, string> = {
  'repository:read': 'read repositories',
  'repository:write': 'push to repositories and open pull requests',
  'status:write': 'report what a check found out about a commit',
  'account:read': 'see people and groups',
  ask: 'ask people to allow something',
  'application:use': 'use the tools behind this server that are open to programs',
  act: 'carry out acts that its owner taps for, each one',
}

export const scopesInWords = (scopes: readonly TokenScope[]): string =>
  scopes.map((scope) => scopeWords[scope]).join(', ')

export const countedDays = (days: number): string => `${days} ${days === 1 ? 'day' : 'days'}`

/** What a person is shown before they tap for a token. */
export const tokenRows = (token: NewApiToken, paths: ReadonlyMap<string, string>): FactRow[] => [
  { label: 'May', value: scopesInWords(token.scopes), kind: 'text' },
  {
    label: 'Repositories',
    value: token.repositoryIds === null ? 'all that its owner reaches' : [...paths.values()].join(', '),
    kind: 'text',
  },
  { label: 'Expires in', value: countedDays(token.expiresInDays), kind: 'text' },
  ...(token.renewsForDays === undefined
    ? []
    : [
        {
          label: 'Renews itself',
          value: `for ${countedDays(token.renewsForDays)}, as often as it likes, without another tap`,
          kind: 'text' as const,
        },
      ]),
]
