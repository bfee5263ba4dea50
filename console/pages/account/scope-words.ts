import type { TokenScope } from '../../api/shapes.ts'

/** What a token may do, in the order in which one would think of it. */
export const scopeWords: { scope: TokenScope; label: string; description: string }[] = [
  { scope: 'repository:read', label: 'Read repositories', description: 'Clone, fetch and browse' },
  { scope: 'repository:write', label: 'Push', description: 'Push branches and tags, open pull requests' },
  { scope: 'status:write', label: 'Report checks', description: 'Say what a check found out about a commit' },
  { scope: 'account:read', label: 'Know who I am', description: 'Read my name, username and e-mail' },
  { scope: 'application:use', label: 'Use tools', description: 'Reach tools behind this server that let programs in' },
  { scope: 'act', label: 'Ask for my tap', description: 'Do what takes a tap, once I have tapped for it in my inbox' },
]

/** The same for a token of an agent, which has no key: it asks people instead. */
export const agentScopeWords: typeof scopeWords = [
  ...scopeWords.filter(({ scope }) => scope !== 'act' && scope !== 'account:read'),
  { scope: 'account:read', label: 'Know people', description: 'See the names and addresses of people and groups' },
  { scope: 'ask', label: 'Ask for a yes', description: 'Ask whoever answers for it, or a group, to allow something' },
]

export const scopeLabel = (scope: TokenScope) =>
  [...scopeWords, ...agentScopeWords].find((candidate) => candidate.scope === scope)?.label ?? scope
