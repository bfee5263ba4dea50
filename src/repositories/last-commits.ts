import { briefCommit } from './brief-commit.ts'
import { readCommits } from './commits.ts'
import { createKeptReads, createReadTurns, type ReadTurns } from './kept-reads.ts'
import type { Source } from './revision.ts'
import type { EntryCommit, TreeCommits } from './shapes.ts'
import type { StreamHolder } from './stream-shares.ts'
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

export function createLastCommits({
  now,
  turns = createReadTurns(),
  limits = defaultWalkLimits,
}: {
  now: () => number
  turns?: ReadTurns
  limits?: WalkLimits
}): LastCommitsReader {
  const kept = createKeptReads<LastCommits>({ now, turns, weigh: ({ items }) => items.length })
  return {
    read: (source, wanted) =>
      kept.read(`${source.folder} ${wanted.tip} ${wanted.path}`, wanted.holder, () =>
        findLastCommits(source, wanted, limits),
      ),
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
    return [{ path: joinPath(path, name), ...briefCommit(commit) }]
  })
  return { items, isComplete: items.length === shown.length }
}
