/** Whoever a rule is about, as the subject of a sentence. */
export interface Subject {
  words: string
  isPlural: boolean
}

const fixed: Record<string, string> = {
  everyone: 'everybody',
  people: 'people',
  guests: 'guests',
  agents: 'agents',
  'role:owner': 'owners',
  'role:admin': 'administrators',
  'role:member': 'members',
  'role:guest': 'guests, agents and machines',
  'repository-role:admin': 'administrators of the repository',
  'repository-role:write': 'people who may write to the repository',
  'repository-role:read': 'people who may read the repository',
}

/** One entry of a rule's `who`: `group:operations` is "people in the group operations". */
export function whoWords(one: string): string {
  const [kind = '', name = ''] = one.split(':')
  if (kind === 'group') return `people in the group ${name}`
  return fixed[one] ?? (kind === 'user' ? name : one)
}

export const fixedWho = Object.keys(fixed)

export function subjectOf(who: readonly string[]): Subject {
  if (who.includes('everyone')) return { words: 'everybody', isPlural: false }
  const [only] = who
  return { words: listed(who.map(whoWords), 'and'), isPlural: who.length > 1 || !only?.startsWith('user:') }
}

/** "a", "a and b", "a, b and c"; of many the first ones and how many more. */
export function listed(words: readonly string[], join: 'and' | 'or', most = 4, more = 'more'): string {
  const shown = words.length > most ? [...words.slice(0, most - 1), `${words.length - most + 1} ${more}`] : words
  const last = shown.at(-1) ?? ''
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} ${join} ${last}`
}
