import { blameFile, checkCanBeBlamed, defaultBlameLimits } from './blame-file.ts'
import { briefCommit } from './brief-commit.ts'
import { readCommits } from './commits.ts'
import { findLandings, type Landings } from './find-landings.ts'
import { createKeptReads, createReadTurns, type ReadTurns } from './kept-reads.ts'
import type { StreamLimits } from './read-stream.ts'
import type { Source } from './revision.ts'
import type { BlameRange, BriefCommit } from './shapes.ts'
import type { StreamHolder } from './stream-shares.ts'
import type { Located } from './tree.ts'
import { defaultWalkLimits, type WalkLimits } from './walk-directory.ts'

/** What git knows of the lines of a file. */
export interface Blame extends Landings {
  ranges: readonly BlameRange[]
  commits: readonly BriefCommit[]
  isComplete: boolean
}

export interface BlameReader {
  /**
   * Who wrote each line of a file. Whether the caller may see any of it was asked before.
   * @throws a problem for what has no lines, or too many
   * @throws GitError `git-busy` where too much of this is done already
   */
  read(source: Source, wanted: { tip: string; path: string; located: Located; holder: StreamHolder }): Promise<Blame>
}

export interface BlameLimits {
  blame: StreamLimits
  walk: WalkLimits
}

export function createBlames({
  now,
  turns = createReadTurns(),
  limits = { blame: defaultBlameLimits, walk: defaultWalkLimits },
}: {
  now: () => number
  turns?: ReadTurns
  limits?: BlameLimits
}): BlameReader {
  const kept = createKeptReads<Blame>({
    now,
    turns,
    weigh: ({ ranges, commits, line }) => ranges.length + commits.length + line.length,
  })
  return {
    async read(source, wanted) {
      await checkCanBeBlamed(source, wanted.located)
      const key = `${source.folder} ${wanted.tip} ${wanted.path}`
      return kept.read(key, wanted.holder, () => findBlame(source, wanted, limits))
    },
  }
}

async function findBlame(
  source: Source,
  { tip, located, holder }: Parameters<BlameReader['read']>[1],
  limits: BlameLimits,
): Promise<Blame> {
  const { ranges, isWhole } = await blameFile(source, { tip, located }, { holder, limits: limits.blame })
  const wanted = new Set(ranges.map(({ oid }) => oid))
  const landings = await findLandings(source, { tip, wanted }, { holder, limits: limits.walk })
  const found = await readCommits(source, [...wanted])
  const commits = [...found.values()].map(briefCommit)
  return { ranges, commits, ...landings, isComplete: isWhole && landings.places.size === wanted.size }
}
