import { Lru } from '../protocols/lru.ts'
import { readCommits } from './commits.ts'
import { GitError } from './git-error.ts'
import type { Source } from './revision.ts'
import type { EntryCommit, TreeCommits } from './shapes.ts'
import { createStreamShares, type StreamHolder } from './stream-shares.ts'
import { joinPath, type Located, readEntries } from './tree.ts'
import { defaultWalkLimits, type WalkLimits, walkDirectory } from './walk-directory.ts'

export type LastCommits = Pick<TreeCommits, 'items' | 'isComplete'>

export interface LastCommitsReader {
  /**
   * The last commit of each entry that is listed of a directory. Whether the caller may see any of it was asked before.
   * @throws GitError `git-busy` where too much of this is done already
   */
  read(
    source: Source,
    wanted: { tip: string; path: string; located: Located; holder: StreamHolder },
  ): Promise<LastCommits>
}

/** One takes a core for as long as it lasts: two for an account, one for an address of strangers, two for all of those. */
const mostAtOnce = 4
/** Of a commit and a directory it is always the same. At most about three hundred are kept, fewer where they are long. */
const [mostKept, leastWeight] = [20_000, 64]
/** What the limits cut short may go further once there is less to do. */
const keepIncompleteMs = 10 * 60_000
const mostLetters = 300

export function createLastCommits({
  now,
  limits = defaultWalkLimits,
}: {
  now: () => number
  limits?: WalkLimits
}): LastCommitsReader {
  const kept = new Lru<string, { answer: LastCommits; until: number }>(mostKept, ({ answer }) =>
    Math.max(leastWeight, answer.items.length),
  )
  const underWay = new Map<string, Promise<LastCommits>>()
  const shares = createStreamShares(mostAtOnce)

  return {
    async read(source, wanted) {
      const { tip, path, holder } = wanted
      const key = `${source.folder} ${tip} ${path}`
      const known = kept.get(key)
      if (known !== undefined && known.until > now()) return known.answer
      const begun = underWay.get(key)
      if (begun !== undefined) return begun
      if (underWay.size >= mostAtOnce || shares.isFull(holder)) throw new GitError('git-busy')
      shares.count(holder, 1)
      const reading = findLastCommits(source, wanted, limits)
      underWay.set(key, reading)
      try {
        const answer = await reading
        kept.set(key, { answer, until: answer.isComplete ? Infinity : now() + keepIncompleteMs })
        return answer
      } finally {
        underWay.delete(key)
        shares.count(holder, -1)
      }
    },
  }
}

async function findLastCommits(
  source: Source,
  { tip, path, located, holder }: Parameters<LastCommitsReader['read']>[1],
  limits: WalkLimits,
): Promise<LastCommits> {
  const { shown } = await readEntries(source, located.oid)
  const found = await walkDirectory(source, { tip, located, entries: shown }, { holder, limits })
  const commits = await readCommits(source, [...found.values()])
  const items = shown.flatMap(({ name }, number): EntryCommit[] => {
    const commit = commits.get(found.get(number) ?? '')
    if (commit === undefined) return []
    const { oid, subject, authorName, committedAt } = commit
    return [{ path: joinPath(path, name), oid, subject: cut(subject), authorName: cut(authorName), committedAt }]
  })
  return { items, isComplete: items.length === shown.length }
}

const cut = (words: string): string => (words.length > mostLetters ? `${words.slice(0, mostLetters - 1)}…` : words)
