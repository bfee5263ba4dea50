import type { PatchLines } from './diff-lines.ts'
import { fileSize } from './file-size.ts'

const FIRST_LINE = 'version https://git-lfs.github.com/spec/v1'
/** With anything else in it, it is a file like any other. */
const POINTER_LINE = /^(version \S+|(ext-\d-\w+|oid) sha256:[0-9a-f]{64}|size \d{1,15})$/

/** Bytes of the file that these lines stand for; undefined where they are no pointer of Git LFS. */
function pointedSize(lines: ReadonlyMap<number, string>): number | undefined {
  if (lines.get(1) !== FIRST_LINE) return undefined
  const all = [...lines.values()]
  if (!all.every((line) => POINTER_LINE.test(line))) return undefined
  const size = all.map((line) => /^size (\d{1,15})$/.exec(line)?.[1]).find((found) => found !== undefined)
  return size !== undefined && all.some((line) => /^oid sha256:[0-9a-f]{64}$/.test(line)) ? Number(size) : undefined
}

/** How large a file that Git LFS keeps was and is; null where neither side is one. */
export function lfsWords({ base, head }: PatchLines): string | null {
  const [before, after] = [pointedSize(base), pointedSize(head)]
  if (after === undefined) {
    if (before === undefined) return null
    return head.size === 0
      ? `Git LFS kept this file, ${fileSize(before)}.`
      : `Git LFS keeps this file no longer; it had ${fileSize(before)}.`
  }
  if (before !== undefined) return `Git LFS keeps this file: ${fileSize(before)} before, ${fileSize(after)} after.`
  return base.size === 0
    ? `Git LFS keeps this file, ${fileSize(after)}.`
    : `Git LFS keeps this file from now on, ${fileSize(after)}.`
}
