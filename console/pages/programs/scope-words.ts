import type { Scope } from '../../api/shapes.ts'

/** What a program may do, as in “It may …”. */
const words: Record<Scope, string[]> = {
  'repository:read': ['clone', 'fetch'],
  'repository:write': ['push'],
  'ssh:certificate': ['get SSH certificates that let in as you'],
}

/** “clone, fetch and push” */
export const mayWords = (scopes: readonly Scope[]): string =>
  new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(scopes.flatMap((scope) => words[scope]))
