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
const countPattern = /^(\d+|-)\t(\d+|-)\t([\s\S]*)$/

/**
 * Reads `git diff-tree -z --raw --no-abbrev`, with or without `--numstat`: first all files, then, in the same order, all
 * line counts; without, they are 0. @throws RangeError
 */
export function parseDiffList(output: Buffer): RawDiffFile[] {
  const fields = output.toString().split('\0')
  fields.pop()
  const files: RawDiffFile[] = []
  let at = 0
  for (; fields[at]?.startsWith(':') === true;) {
    const [, oldMode, newMode, oldOid, newOid, letter = ''] = rawPattern.exec(fields[at++] ?? '') ?? []
    const status = statuses[letter]
    const first = fields[at++]
    if (!oldMode || !newMode || !oldOid || !newOid || !status || first === undefined)
      throw new RangeError('not a raw diff')
    const second = status === 'renamed' || status === 'copied' ? fields[at++] : first
    files.push({
      index: files.length,
      oldPath: status === 'added' ? null : first,
      newPath: status === 'deleted' ? null : (second ?? null),
      status,
      oldMode,
      newMode,
      isBinary: false,
      additions: 0,
      deletions: 0,
      oldOid,
      newOid,
    })
  }
  if (at === fields.length) return files
  for (const file of files) {
    const [, additions, deletions, path] = countPattern.exec(fields[at++] ?? '') ?? []
    if (additions === undefined) throw new RangeError('not a list of line counts')
    // With both paths following in fields of their own.
    if (path === '') at += 2
    file.isBinary = additions === '-'
    file.additions = file.isBinary ? 0 : Number(additions)
    file.deletions = file.isBinary ? 0 : Number(deletions)
  }
  return files
}
