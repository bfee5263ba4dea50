import type { ReviewThreadTable } from '../../database/schema.ts'
import { GitError } from '../../repositories/git.ts'
import { readDiffList } from '../../repositories/diff.ts'
import type { Source } from '../../repositories/revision.ts'
import { type LineRange, mapLines } from './map-line.ts'
import { findHunks, loadHunks, loadSingleHunks, type PathPair } from './read-hunks.ts'
import { findBlob } from './tree-path.ts'

/** Where a thread stands in the change of now. */
export interface ThreadPlace {
  path: string | null
  lines: LineRange | null
  isOutdated: boolean
}

type Anchored = Pick<ReviewThreadTable, 'id' | 'path' | 'side' | 'line' | 'startLine' | 'anchorOid'>

interface Followed extends PathPair {
  newPath: string
}

/** Finds all of them at once, however many there are. `sides`: the commits whose files the two sides of the change are. */
export async function placeThreads(
  source: Source,
  threads: readonly Anchored[],
  sides: { base: string; head: string },
): Promise<Map<string, ThreadPlace>> {
  const followed = new Map<string, Followed | undefined>()
  const findRenamed = createRenames(source)
  await Promise.all(
    threads.map(async (thread) => {
      if (thread.path !== null && thread.side !== null)
        followed.set(thread.id, await follow(source, { ...thread, path: thread.path }, sides[thread.side], findRenamed))
    }),
  )
  const pairs = [...followed.values()].filter((pair) => pair !== undefined)
  await loadHunks(
    source,
    pairs.filter(({ path, newPath }) => path === newPath),
  )
  await loadSingleHunks(
    source,
    pairs.filter(({ path, newPath }) => path !== newPath),
  )
  const places = await Promise.all(
    threads.map(async (thread) => [thread.id, await placeOf(source, thread, followed.get(thread.id), sides)] as const),
  )
  return new Map(places)
}

async function placeOf(
  source: Source,
  thread: Anchored,
  pair: Followed | undefined,
  { base, head }: { base: string; head: string },
): Promise<ThreadPlace> {
  const { path, side, line, startLine } = thread
  if (path === null) return { path, lines: null, isOutdated: false }
  if (side === null || line === null) {
    const isThere = (await findBlob(source, head, path)) ?? (await findBlob(source, base, path))
    return { path, lines: null, isOutdated: isThere === undefined }
  }
  const hunks = pair === undefined ? null : findHunks(pair)
  const lines = hunks === null ? undefined : mapLines(hunks, { start: startLine ?? line, end: line })
  if (pair === undefined || lines === undefined) return { path, lines: null, isOutdated: true }
  return { path: pair.newPath, lines, isOutdated: false }
}

/** The version that was read and the one of now; undefined where one of them is gone. */
async function follow(
  source: Source,
  { path, anchorOid }: { path: string; anchorOid: string },
  to: string,
  findRenamed: ReturnType<typeof createRenames>,
): Promise<Followed | undefined> {
  const oldBlob = await findBlob(source, anchorOid, path)
  if (oldBlob === undefined) return undefined
  const found = await findBlob(source, to, path)
  const newPath = found === undefined ? await findRenamed({ from: anchorOid, to }, path) : path
  const newBlob = newPath === undefined ? undefined : (found ?? (await findBlob(source, to, newPath)))
  return newPath === undefined || newBlob === undefined
    ? undefined
    : { from: anchorOid, to, path, newPath, oldBlob, newBlob }
}

/** Looks for renamed files once for each pair of commits, however many threads ask. */
function createRenames(source: Source) {
  const asked = new Map<string, Promise<Map<string | null, string | null>>>()
  return async (comparison: { from: string; to: string }, path: string): Promise<string | undefined> => {
    const key = `${comparison.from} ${comparison.to}`
    const renames = asked.get(key) ?? listRenames(source, comparison)
    asked.set(key, renames)
    return (await renames).get(path) ?? undefined
  }
}

async function listRenames(
  source: Source,
  comparison: { from: string; to: string },
): Promise<Map<string | null, string | null>> {
  try {
    const { files } = await readDiffList(source, comparison)
    const renamed = files.filter(({ status }) => status === 'renamed')
    return new Map(renamed.map(({ oldPath, newPath }) => [oldPath, newPath]))
  } catch (error) {
    // One of the two is gone, or they differ in too much: then no line is followed.
    if (error instanceof GitError) return new Map()
    throw error
  }
}
