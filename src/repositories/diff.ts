import { notFound } from '../http/problem.ts'
import { Lru } from '../protocols/lru.ts'
import { emptyTree } from './git-environment.ts'
import { type DiffList, parseDiffList, type RawDiffFile } from './diff-list.ts'
import { knownHunks, type LineCounts, splitPatches } from './diff-patches.ts'
import { diffTree, withPatches } from './git-diffs.ts'
import { GitError } from './git-error.ts'
import type { Source } from './revision.ts'
import { renderPatch } from './render-patch.ts'
import type { DiffSummary, FilePatch } from './shapes.ts'

/** Two trees or commits to compare, and the object folder of a merge that is not made yet. */
export interface Comparison {
  from: string
  to: string
  objectDirectory?: string
}

export type { DiffList } from './diff-list.ts'

const maxFiles = 3000
const maxListBytes = 96 * 1024 ** 2
const maxHunkBytes = 1024 ** 2
/** As much as a page shows at first. */
const maxPatches = 25
const maxPatchesLength = 256 * 1024

const lists = new Lru<string, DiffList>(200)

export const keyOf = ({ folder }: Pick<Source, 'folder'>, { from, to }: Comparison): string => `${folder} ${from} ${to}`

/** What a root commit is compared with. */
export const nothing = emptyTree

/** Whether the files of these were listed of late: to show them costs next to nothing. */
export const isListed = (source: Source, comparison: Comparison): boolean =>
  lists.get(keyOf(source, comparison)) !== undefined

/** The files that differ, renames found, attributes and converters of the repository left aside. */
export async function readDiffList(source: Source, comparison: Comparison): Promise<DiffList> {
  const key = keyOf(source, comparison)
  const known = lists.get(key)
  if (known !== undefined) return known
  // What a person can read in one sitting comes whole, by one process; of more, the list first.
  const whole = await readWhole(source, comparison)
  const split = whole && splitPatches(whole, (part) => parseDiffList(part, 0).fileCount)
  if (split?.hunks !== undefined) knownHunks.set(key, split.hunks)
  const list =
    split?.hunks === undefined
      ? parseDiffList(await runDiff(source, comparison, ['--numstat'], maxListBytes), maxFiles)
      : withCounts(parseDiffList(split.list), split.counts)
  lists.set(key, list)
  return list
}

/** What the patches that came along say of the same files. */
const withCounts = ({ files, fileCount }: DiffList, counts: readonly LineCounts[]): DiffList => ({
  files: files.slice(0, maxFiles).map((file, index) => ({ ...file, ...counts[index] })),
  fileCount,
  additions: counts.reduce((sum, { additions }) => sum + additions, 0),
  deletions: counts.reduce((sum, { deletions }) => sum + deletions, 0),
  uncounted: counts.filter(({ isBinary }) => isBinary).length,
})

/** Undefined where it is more than a page takes at once. */
async function readWhole(source: Source, comparison: Comparison): Promise<Buffer | undefined> {
  const { git, folder } = source
  // What is not made yet lies in a folder of its own, seen by a process of its own.
  if (comparison.objectDirectory === undefined) {
    const { info } = git.objects(folder)
    const [from, to] = await Promise.all([comparison.from, comparison.to].map((name) => info(`${name}^{tree}`)))
    if (from !== undefined && to !== undefined) return git.compare(folder, { from: from.oid, to: to.oid }, maxHunkBytes)
  }
  return runDiff(source, comparison, withPatches, maxHunkBytes).catch((error: unknown) => {
    if (error instanceof GitError && error.code === 'git-output-too-large') return undefined
    throw error
  })
}

async function runDiff(
  { git, folder }: Source,
  { from, to, objectDirectory }: Comparison,
  more: readonly string[],
  maxOutputBytes: number,
): Promise<Buffer> {
  const { stdout } = await git.run([...diffTree, ...more, '--end-of-options', from, to, '--'], {
    repository: folder,
    maxOutputBytes,
    ...(objectDirectory === undefined ? {} : { objectDirectory }),
  })
  return stdout
}

/** The list, with the patches that came along with it. */
export async function readDiffSummary(source: Source, comparison: Comparison): Promise<DiffSummary> {
  const { from, to } = comparison
  const list = await readDiffList(source, comparison)
  const { fileCount, additions, deletions } = list
  const hunks = knownHunks.get(keyOf(source, comparison)) ?? []
  const files = list.files.map(({ oldOid: _old, newOid: _new, ...file }) => file)
  const patches: FilePatch[] = []
  let room = maxPatchesLength
  for (const [index, raw] of list.files.entries()) {
    const text = raw.isBinary ? undefined : hunks[index]
    room -= text?.length ?? 0
    if (text === undefined || room < 0 || patches.length === maxPatches) break
    patches.push(renderPatch(raw, text))
  }
  return { from, to, files, fileCount, additions, deletions, isTruncated: fileCount > files.length, patches }
}

/** @throws 404 for a number that the list does not show */
export async function getDiffFile(source: Source, comparison: Comparison, index: number): Promise<RawDiffFile> {
  const file = (await readDiffList(source, comparison)).files[index]
  if (file === undefined) throw notFound('This file')
  return file
}
