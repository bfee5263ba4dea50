import type { DiffFile } from './shapes.ts'

/** A file of a diff with the objects on both sides; all zeros where there is none. */
export interface RawDiffFile extends DiffFile {
  oldOid: string
  newOid: string
}

const statuses: Record<string, DiffFile['status']> = {
  A: 'added',
  D: 'deleted',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'type-changed',
}
const rawPattern = /^:([0-7]{6}) ([0-7]{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) ([ADMRCT])\d*$/

export interface DiffList {
  files: RawDiffFile[]
  fileCount: number
  additions: number
  deletions: number
  /** Files whose lines were not counted: binary, or too large to compare. */
  uncounted: number
}

/** After `:<mode> <mode> <oid> <oid> `. */
const letterAt = 97
const [nul, tab, dash, digit0, digit9, colon] = [0x00, 0x09, 0x2d, 0x30, 0x39, 0x3a]

/**
 * Reads `git diff-tree -z --raw --no-abbrev`, with or without `--numstat`: first all files, then, in the same order, all
 * line counts; without, they are 0. Beyond the first `most` files are counted and no more: a few bytes can stand for a
 * change of a million, and nobody else is served meanwhile. @throws RangeError
 */
export function parseDiffList(output: Buffer, most = Infinity): DiffList {
  const list: DiffList = { files: [], fileCount: 0, additions: 0, deletions: 0, uncounted: 0 }
  let at = 0
  for (; output[at] === colon; list.fileCount++) {
    const isMoved = 'RC'.includes(String.fromCharCode(output[at + letterAt] ?? nul))
    if (list.fileCount < most) list.files.push(readRaw(list.fileCount))
    else for (let fields = isMoved ? 3 : 2; fields > 0; fields--) at = endOf(at) + 1
  }
  if (at === output.length) return list
  for (let index = 0; index < list.fileCount; index++) {
    const [additions, deletions] = [readCount(), readCount()]
    const isBinary = additions === undefined
    // With both paths following in fields of their own.
    for (let fields = output[at] === nul ? 3 : 1; fields > 0; fields--) at = endOf(at) + 1
    list.additions += additions ?? 0
    list.deletions += deletions ?? 0
    list.uncounted += isBinary ? 1 : 0
    const file = list.files[index]
    if (file !== undefined) Object.assign(file, { isBinary, additions: additions ?? 0, deletions: deletions ?? 0 })
  }
  return list

  function endOf(from: number): number {
    let end = from
    // Of what is so short a call costs more than the search.
    while (end < output.length && output[end] !== nul) end++
    if (end >= output.length) throw new RangeError('a list that is cut off')
    return end
  }

  function readField(): string {
    const from = at
    at = endOf(from) + 1
    return output.toString('utf8', from, at - 1)
  }

  function readRaw(index: number): RawDiffFile {
    const [, oldMode, newMode, oldOid, newOid, letter = ''] = rawPattern.exec(readField()) ?? []
    const status = statuses[letter]
    if (!oldMode || !newMode || !oldOid || !newOid || !status) throw new RangeError('not a raw diff')
    const first = readField()
    const second = status === 'renamed' || status === 'copied' ? readField() : first
    return {
      index,
      oldPath: status === 'added' ? null : first,
      newPath: status === 'deleted' ? null : second,
      status,
      oldMode,
      newMode,
      isBinary: false,
      additions: 0,
      deletions: 0,
      oldOid,
      newOid,
    }
  }

  /** Undefined where git has not counted. */
  function readCount(): number | undefined {
    const from = at
    let count = 0
    for (let byte = output[at] ?? nul; byte >= digit0 && byte <= digit9; byte = output[++at] ?? nul)
      count = count * 10 + (byte - digit0)
    const isCounted = at > from
    if (!isCounted && output[at] === dash) at++
    if (at === from || output[at++] !== tab) throw new RangeError('not a list of line counts')
    return isCounted ? count : undefined
  }
}
