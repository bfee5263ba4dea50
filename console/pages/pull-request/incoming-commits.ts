import type { CommitView } from '../../api/shapes.ts'

export interface Incoming {
  commits: CommitView[]
  /** Older ones may follow that were not looked at. */
  isOpenEnded: boolean
}

/** Of the newest commits of two branches: those of `source` that `target` has not. */
export function incomingCommits(source: readonly CommitView[], target: readonly CommitView[]): Incoming {
  const known = new Set(target.map((commit) => commit.oid))
  const commits = source.filter((commit) => !known.has(commit.oid))
  const oldest = source.at(-1)
  const isRoot = oldest?.parents.length === 0
  return { commits, isOpenEnded: oldest !== undefined && !isRoot && !known.has(oldest.oid) }
}

/** Trailer lines are the merge's own to write; a proposal starts without them. */
const withoutTrailers = (body: string) =>
  body
    .split('\n')
    .filter((line) => !/^(Postern-|Signed-off-by:|Co-authored-by:)/i.test(line))
    .join('\n')
    .trim()

/** Words typed are never lost: a suggestion takes the place of the one before it, or of nothing. */
export const givesWay = (typed: string, before: string): boolean => typed === before || typed.trim() === ''

/** What a pull request over these commits is first called: the words of its only commit, or of its branch. */
export function suggestedWords(incoming: Incoming, branch: string): { title: string; description: string } {
  const [only] = incoming.commits
  if (only !== undefined && incoming.commits.length === 1 && !incoming.isOpenEnded)
    return { title: only.subject, description: withoutTrailers(only.body) }
  const words = (branch.split('/').pop() ?? branch).replace(/[-_]+/g, ' ').trim()
  return { title: words.charAt(0).toUpperCase() + words.slice(1), description: '' }
}
