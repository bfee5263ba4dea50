import { ProblemError, notFound } from '../http/problem.ts'
import { checkIsFile } from './file.ts'
import { eachPart, readStream, type StreamLimits } from './read-stream.ts'
import type { Source } from './revision.ts'
import type { BlameRange } from './shapes.ts'
import type { StreamHolder } from './stream-shares.ts'
import { isText, maxTextBytes } from './text.ts'
import type { Located } from './tree.ts'

export const defaultBlameLimits: StreamLimits = { bytes: 64 * 1024 ** 2, timeMs: 5000 }
const maxLines = 20_000

const blame = [
  'blame',
  // Ranges as they are found, without the file itself: what the time cuts short is still worth something.
  '--incremental',
  '--no-textconv',
  // A file that says which commits to pass over would hide them from everybody.
  '--ignore-revs-file=',
] as const
const rangeLine = /^([0-9a-f]{40}) \d+ (\d+) (\d+)$/

/** @throws a problem for what is no file, no text, or too much of it */
export async function checkCanBeBlamed({ git, folder }: Source, file: Located): Promise<void> {
  checkIsFile(file)
  const objects = git.objects(folder)
  const header = await objects.info(file.oid)
  if (header === undefined) throw notFound('This file')
  const content = header.size > maxTextBytes ? undefined : (await objects.read(file.oid))?.content
  if (content === undefined || countLines(content) > maxLines)
    throw new ProblemError(413, 'too-large', 'This file is too large to say who wrote each line.', {
      help: 'It may have 1 MB and 20,000 lines. Clone the repository and run git blame on your own machine.',
    })
  if (!isText(content))
    throw new ProblemError(422, 'is-binary', 'This is a binary file, so it has no lines.', {
      help: 'Look at its history instead.',
    })
  if (!Buffer.from(file.askable).equals(file.bytes))
    throw new ProblemError(422, 'odd-name', 'The name of this file is not UTF-8, so git cannot be asked about it.', {
      help: 'Clone the repository and run git blame on your own machine.',
    })
}

function countLines(content: Buffer): number {
  let lines = content.length > 0 && content.at(-1) !== 0x0a ? 1 : 0
  for (let at = content.indexOf(0x0a); at !== -1; at = content.indexOf(0x0a, at + 1)) lines++
  return lines
}

/** The commit that wrote each line, by ranges from the first line on; some are left out where the limits cut it short. */
export async function blameFile(
  source: Source,
  { tip, located }: { tip: string; located: Located },
  { holder, limits = defaultBlameLimits }: { holder: StreamHolder; limits?: StreamLimits },
): Promise<{ ranges: BlameRange[]; isWhole: boolean }> {
  const found: BlameRange[] = []
  const read = eachPart('\n', (line) => {
    const [, oid, from, lines] = rangeLine.exec(line) ?? []
    if (oid !== undefined) found.push({ from: Number(from), lines: Number(lines), oid })
    return 'more'
  })
  const isWhole = await readStream(source, [...blame, tip, '--', located.askable], { holder, limits }, read)
  return { ranges: joinRanges(found), isWhole }
}

/** In order, and what one commit wrote without a break as one range, from wherever in its own file it came. */
function joinRanges(ranges: readonly BlameRange[]): BlameRange[] {
  const joined: BlameRange[] = []
  for (const range of ranges.toSorted((one, other) => one.from - other.from)) {
    const before = joined.at(-1)
    if (before?.oid === range.oid && before.from + before.lines === range.from) before.lines += range.lines
    else joined.push({ ...range })
  }
  return joined
}
