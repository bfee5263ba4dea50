import { Lru } from '../protocols/lru.ts'

/** What git says of one change in one go: the list for `parseDiffList`, and the hunks of each file where they came along. */
export interface ListWithHunks {
  list: Buffer
  /** Hunks by the file's number in the list, empty where a file only moved; undefined where they cannot be told apart. */
  hunks: string[] | undefined
  /** In the same order, what else git would have counted in a second comparison of the same lines. */
  counts: LineCounts[]
}

export interface LineCounts {
  isBinary: boolean
  additions: number
  deletions: number
}

/**
 * Splits `git diff-tree -z --raw -p`. Names are never empty, so two NULs stand only before the patches; a line
 * of a patch begins with a sign, so no content can look like the beginning of the next file.
 */
export function splitPatches(stdout: Buffer, fileCount: (list: Buffer) => number): ListWithHunks {
  const end = stdout.indexOf('\0\0diff --git ')
  if (end === -1) return { list: stdout, hunks: undefined, counts: [] }
  const list = stdout.subarray(0, end + 1)
  const files = stdout.toString('utf8', end + 2).split(/\n(?=diff --git )/)
  // A file that became a link is shown as two changes.
  if (files.length !== fileCount(list)) return { list, hunks: undefined, counts: [] }
  const last = files.length - 1
  const hunks = files.map((file, index) => hunksOf(index === last ? file : `${file}\n`))
  return { list, hunks, counts: hunks.map((text, index) => countLines(text, files[index] ?? '')) }
}

/** Each line of a hunk begins with its sign; paths of a patch are quoted, so none of them brings a line of its own. */
function countLines(hunks: string, file: string): LineCounts {
  const counts = { isBinary: hunks === '' && /\nBinary files .* differ\n?$/.test(file), additions: 0, deletions: 0 }
  for (let at = 0; at !== -1 && at < hunks.length; at = nextLine(hunks, at)) {
    const sign = hunks.charCodeAt(at)
    if (sign === plus) counts.additions++
    else if (sign === minus) counts.deletions++
  }
  return counts
}

const [plus, minus] = [0x2b, 0x2d]

function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? -1 : end + 1
}

function hunksOf(file: string): string {
  const start = file.indexOf('\n@@ ')
  return start === -1 ? '' : file.slice(start + 1)
}

/** Hunks of the changes looked at last: the page asks for the list first, and for one file after the other next. */
export const knownHunks = new Lru<string, string[]>(40)
