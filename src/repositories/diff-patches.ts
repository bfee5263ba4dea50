import { Lru } from '../protocols/lru.ts'

/** What git says of one change in one go: the list for `parseDiffList`, and the hunks of each file where they came along. */
export interface ListWithHunks {
  list: Buffer
  /** Hunks by the file's number in the list, empty where a file only moved; undefined where they cannot be told apart. */
  hunks: string[] | undefined
}

/**
 * Splits `git diff-tree -z --raw --numstat -p`. Names are never empty, so two NULs stand only before the patches; a line
 * of a patch begins with a sign, so no content can look like the beginning of the next file.
 */
export function splitPatches(stdout: Buffer, fileCount: (list: Buffer) => number): ListWithHunks {
  const end = stdout.indexOf('\0\0diff --git ')
  if (end === -1) return { list: stdout, hunks: undefined }
  const list = stdout.subarray(0, end + 1)
  const files = stdout.toString('utf8', end + 2).split(/\n(?=diff --git )/)
  // A file that became a link is shown as two changes.
  if (files.length !== fileCount(list)) return { list, hunks: undefined }
  const last = files.length - 1
  return { list, hunks: files.map((file, index) => hunksOf(index === last ? file : `${file}\n`)) }
}

function hunksOf(file: string): string {
  const start = file.indexOf('\n@@ ')
  return start === -1 ? '' : file.slice(start + 1)
}

/** Hunks of the changes looked at last: the page asks for the list first, and for one file after the other next. */
export const knownHunks = new Lru<string, string[]>(40)
