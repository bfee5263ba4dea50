import { createKeptReads, type ReadTurns } from './kept-reads.ts'
import { eachPart, readStream, type StreamLimits } from './read-stream.ts'
import type { Source } from './revision.ts'
import type { FileWithLines, FoundLines } from './shapes.ts'
import type { StreamHolder } from './stream-shares.ts'

export const defaultGrepLimits: StreamLimits = { bytes: 8 * 1024 ** 2, timeMs: 5000 }
const mostFiles = 50
const mostLines = 5
/** With its commit; no file system holds a longer one. */
const longestPath = 8192
/** Of a line, around what was sought. */
const mostCharacters = 300

const grep = [
  'grep',
  '-z',
  '--line-number',
  '--full-name',
  '--no-color',
  // Text as it stands: no program and no setting changes what is searched.
  '--no-textconv',
  '-I',
  '--fixed-strings',
  '--ignore-case',
  // One core for one who searches.
  '--threads=1',
  `--max-count=${mostLines + 1}`,
] as const

export type LinesFound = Pick<FoundLines, 'items' | 'isComplete'>

export interface LineFinder {
  /**
   * Lines of a commit's text files that hold `q` as it stands, letters large or small. Whether the caller may see any was
   * asked before.
   * @throws GitError `git-busy` where too much of this is done already
   */
  find(source: Source, wanted: { tip: string; q: string; holder: StreamHolder }): Promise<LinesFound>
}

export function createLineFinder({
  now,
  turns,
  limits = defaultGrepLimits,
}: {
  now: () => number
  turns: ReadTurns
  limits?: StreamLimits
}): LineFinder {
  const kept = createKeptReads<LinesFound>({ now, turns, weigh: ({ items }) => items.length * mostLines })
  return {
    find: (source, { tip, q, holder }) =>
      kept.read(`${source.folder} ${tip} ${q.toLowerCase()}`, holder, () =>
        findLines(source, { tip, q }, { holder, limits }),
      ),
  }
}

async function findLines(
  source: Source,
  { tip, q }: { tip: string; q: string },
  around: { holder: StreamHolder; limits: StreamLimits },
): Promise<LinesFound> {
  const found = new Map<string, FileWithLines>()
  let begun: string[] = []
  let begunLength = 0
  const read = eachPart('\n', (part) => {
    // The name of a file may hold the end of a line, and as many as somebody pleased.
    if (!part.includes('\0')) {
      begunLength += part.length + 1
      if (begunLength <= longestPath) begun.push(part)
      return 'more'
    }
    const whole = [...begun, part].join('\n')
    const isRead = begunLength <= longestPath
    begun = []
    begunLength = 0
    if (!isRead) return 'more'
    // `<tip>:<path>`, the number of the line and its text, with NUL between them.
    const [path = '', number, ...rest] = whole.slice(tip.length + 1).split('\0')
    if (number === undefined) return 'more'
    const file = found.get(path) ?? { path: decode(path), lines: [], hasMore: false }
    if (!found.has(path) && found.size === mostFiles) return 'enough'
    found.set(path, file)
    if (file.lines.length === mostLines) file.hasMore = true
    else file.lines.push({ number: Number(number), text: excerpt(decode(rest.join('\0')), q) })
    return 'more'
  })
  const isComplete = await readStream(source, [...grep, '-e', q, tip, '--'], { ...around, ok: [0, 1] }, read)
  return { items: [...found.values()], isComplete }
}

const decode = (bytes: string): string => Buffer.from(bytes, 'latin1').toString()

/** As much of a line as fits, with what was sought in it. */
function excerpt(line: string, q: string): string {
  const text = line.replace(/\r$/, '')
  if (text.length <= mostCharacters) return text
  const at = Math.max(0, text.toLowerCase().indexOf(q.toLowerCase()))
  const from = at + q.length <= mostCharacters ? 0 : at - Math.floor((mostCharacters - q.length) / 2)
  const cut = text.slice(from, from + mostCharacters)
  return `${from > 0 ? '…' : ''}${cut}${from + mostCharacters < text.length ? '…' : ''}`
}
