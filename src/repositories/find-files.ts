import { createKeptReads, type ReadTurns } from './kept-reads.ts'
import { rankPaths } from './rank-paths.ts'
import { eachPart, readStream, type StreamLimits } from './read-stream.ts'
import type { Source } from './revision.ts'
import type { FoundPaths } from './shapes.ts'
import type { StreamHolder } from './stream-shares.ts'
import { submoduleMode } from './tree.ts'

export const defaultPathLimits: StreamLimits = { bytes: 32 * 1024 ** 2, timeMs: 5000 }
const mostFound = 50
/** As many as are compared at once. */
const fewPaths = 20_000
/** Of lists that are kept: so many characters weigh as much as one entry elsewhere. */
const charactersForOne = 1000

export type FilesFound = Pick<FoundPaths, 'items' | 'total' | 'isComplete'>

export interface FileFinder {
  /**
   * Files of a commit by parts of their path, the best first. Whether the caller may see any was asked before.
   * @throws GitError `git-busy` where too much of this is done already
   */
  find(source: Source, wanted: { tip: string; q: string; holder: StreamHolder }): Promise<FilesFound>
}

/** Keeps the paths of a few commits, so that each further letter of a name asks git nothing. */
export function createFileFinder({
  now,
  turns,
  limits = defaultPathLimits,
}: {
  now: () => number
  turns: ReadTurns
  limits?: StreamLimits
}): FileFinder {
  const kept = createKeptReads<{ paths: string[]; characters: number; isComplete: boolean }>({
    now,
    turns,
    weigh: ({ characters }) => Math.ceil(characters / charactersForOne),
  })
  return {
    async find(source, { tip, q, holder }) {
      const { paths, isComplete } = await kept.read(`${source.folder} ${tip}`, holder, () =>
        listPaths(source, tip, { holder, limits }),
      )
      // Comparing so many takes a core as well, and each letter that is typed asks for it anew.
      using _turn = paths.length > fewPaths ? turns.take(holder) : undefined
      return { ...(await rankPaths(paths, q, mostFound)), isComplete }
    },
  }
}

/** All files of a commit; submodules are none. */
async function listPaths(source: Source, tip: string, around: { holder: StreamHolder; limits: StreamLimits }) {
  const paths: string[] = []
  let characters = 0
  const read = eachPart('\0', (entry) => {
    // `100644 blob <oid>`, a tab and the path.
    if (entry.startsWith(submoduleMode)) return 'more'
    const path = entry.slice(entry.indexOf('\t') + 1)
    paths.push(Buffer.from(path, 'latin1').toString())
    characters += path.length
    return 'more'
  })
  const isComplete = await readStream(source, ['ls-tree', '-r', '-z', '--full-tree', tip], around, read)
  return { paths, characters, isComplete }
}
