import { ProblemError } from '../http/problem.ts'
import { Lru } from '../protocols/lru.ts'
import { emptyTree } from './git-environment.ts'
import { parseDiffList, type RawDiffFile } from './diff-list.ts'
import type { Source } from './revision.ts'
import type { DiffSummary } from './shapes.ts'

/** Two trees or commits to compare, and the object folder of a merge that is not made yet. */
export interface Comparison {
  from: string
  to: string
  objectDirectory?: string
}

export interface DiffList {
  files: RawDiffFile[]
  fileCount: number
  additions: number
  deletions: number
  /** Files whose lines were not counted: binary, or too large to compare. */
  uncounted: number
}

const maxFiles = 3000
const maxListBytes = 96 * 1024 ** 2
/** Larger files are not compared line by line: one of them could take the server's memory. */
export const maxComparedBytes = 8 * 1024 ** 2

const lists = new Lru<string, DiffList>(200)

/** What a root commit is compared with. */
export const nothing = emptyTree

/** The files that differ, renames found, attributes and converters of the repository left aside. */
export async function readDiffList(
  { git, folder }: Source,
  { from, to, objectDirectory }: Comparison,
): Promise<DiffList> {
  const key = `${folder} ${from} ${to}`
  const known = lists.get(key)
  if (known !== undefined) return known
  const flags = ['-r', '-M', '-z', '--raw', '--numstat', '--no-abbrev', '--no-ext-diff', '--no-textconv']
  const { stdout } = await git.run(
    ['-c', `core.bigFileThreshold=${maxComparedBytes}`, 'diff-tree', ...flags, '--end-of-options', from, to, '--'],
    {
      repository: folder,
      maxOutputBytes: maxListBytes,
      ...(objectDirectory === undefined ? {} : { objectDirectory }),
    },
  )
  const all = parseDiffList(stdout)
  const list: DiffList = {
    files: all.slice(0, maxFiles),
    fileCount: all.length,
    additions: all.reduce((sum, file) => sum + file.additions, 0),
    deletions: all.reduce((sum, file) => sum + file.deletions, 0),
    uncounted: all.filter((file) => file.isBinary).length,
  }
  lists.set(key, list)
  return list
}

function renderDiffSummary(list: DiffList, { from, to }: Comparison): DiffSummary {
  const { fileCount, additions, deletions } = list
  const files = list.files.map(({ oldOid: _old, newOid: _new, ...file }) => file)
  return { from, to, files, fileCount, additions, deletions, isTruncated: fileCount > files.length }
}

export async function readDiffSummary(source: Source, comparison: Comparison): Promise<DiffSummary> {
  return renderDiffSummary(await readDiffList(source, comparison), comparison)
}

/** @throws 404 for a number that the list does not show */
export async function getDiffFile(source: Source, comparison: Comparison, index: number): Promise<RawDiffFile> {
  const file = (await readDiffList(source, comparison)).files[index]
  if (file === undefined) throw new ProblemError(404, 'not-found', 'There is no such file in this change.')
  return file
}
