import { type Static, Type } from 'typebox'

export const Scope = Type.Union([
  Type.Literal('repository:read'), // clone, fetch
  Type.Literal('repository:write'), // push
  Type.Literal('ssh:certificate'), // get certificates for an SSH key
])
export type Scope = Static<typeof Scope>

/** As in “it may …”. */
export const scopeWords: Record<Scope, string> = {
  'repository:read': 'clone and fetch repositories',
  'repository:write': 'push to repositories',
  'ssh:certificate': 'get SSH certificates that let in as you',
}

export const scopes = Object.keys(scopeWords) as Scope[]

/** Those of the scopes in an OAuth parameter that let a program do something here. */
export function parseScopes(text: string): Scope[] {
  const asked = new Set(text.split(' '))
  return scopes.filter((scope) => asked.has(scope))
}
