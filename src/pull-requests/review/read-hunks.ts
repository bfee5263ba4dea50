import { Lru } from '../../protocols/lru.ts'
import { maxComparedBytes } from '../../repositories/git-diffs.ts'
import { GitError } from '../../repositories/git.ts'
import type { Source } from '../../repositories/revision.ts'
import { type Hunk, parseHunks } from './map-line.ts'

export interface BlobPair {
  oldBlob: string
  newBlob: string
}

/** One version of a path in a commit and another one in a later commit. */
export interface PathPair extends BlobPair {
  /** Commits. */
  from: string
  to: string
  path: string
}

const maxPatchBytes = 32 * 1024 ** 2
const mostSingle = 20
/** More than fits into one command line is left out of it: then all paths are compared. */
const maxPathBytes = 100_000

// What two blobs differ in stays so for ever. `false`: not compared line by line.
const known = new Lru<string, Hunk[] | false>(20_000)

const keyOf = ({ oldBlob, newBlob }: BlobPair): string => `${oldBlob} ${newBlob}`

/** What is known of these two blobs; null where they are not compared line by line, or too much was asked at once. */
export function findHunks(pair: BlobPair): Hunk[] | null {
  return pair.oldBlob === pair.newBlob ? [] : known.get(keyOf(pair)) || null
}

const flags = ['-p', '-U0', '--full-index', '--no-renames', '--no-color', '--no-ext-diff', '--no-textconv']
const big = ['-c', `core.bigFileThreshold=${maxComparedBytes}`]

/** Makes `findHunks` know these, with one git for all commits and paths that are not known yet. */
export async function loadHunks(source: Source, pairs: readonly PathPair[]): Promise<void> {
  const fresh = pairs.filter((pair) => pair.oldBlob !== pair.newBlob && known.get(keyOf(pair)) === undefined)
  if (fresh.length === 0) return
  const { git, folder } = source
  const objects = git.objects(folder)
  const commits = [...new Set(fresh.flatMap(({ from, to }) => [from, to]))]
  const trees = new Map(
    await Promise.all(commits.map(async (oid) => [oid, (await objects.info(`${oid}^{tree}`))?.oid] as const)),
  )
  const lines = new Set(fresh.map(({ from, to }) => `${trees.get(from)} ${trees.get(to)}\n`))
  const paths = [...new Set(fresh.map(({ path }) => path))]
  const named = Buffer.byteLength(paths.join(' ')) > maxPathBytes ? [] : paths
  const found = await readPatch(source, ['diff-tree', '--stdin', '-r', ...flags, '--', ...named], [...lines].join(''))
  if (found === undefined) return loadSingleHunks(source, fresh)
  for (const pair of fresh) known.set(keyOf(pair), found.get(keyOf(pair)) || false)
}

/** The same for blobs of different paths: one git each, so only for a few. */
export async function loadSingleHunks(source: Source, pairs: readonly BlobPair[]): Promise<void> {
  const fresh = pairs.filter((pair) => pair.oldBlob !== pair.newBlob && known.get(keyOf(pair)) === undefined)
  for (const pair of fresh.slice(0, mostSingle)) {
    const found = await readPatch(source, ['diff', ...flags, '--end-of-options', pair.oldBlob, pair.newBlob])
    known.set(keyOf(pair), found?.get(keyOf(pair)) || false)
  }
}

/** Undefined where it is too much to be read. */
async function readPatch(
  { git, folder }: Source,
  args: readonly string[],
  input?: string,
): Promise<ReturnType<typeof parseHunks> | undefined> {
  try {
    const { stdout } = await git.run([...big, ...args], {
      repository: folder,
      maxOutputBytes: maxPatchBytes,
      ...(input === undefined ? {} : { input }),
    })
    // Only headers are read, and they are ASCII.
    return parseHunks(stdout.toString('latin1'))
  } catch (error) {
    if (error instanceof GitError && error.code === 'git-output-too-large') return undefined
    throw error
  }
}
