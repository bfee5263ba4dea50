import { createReadStream } from 'node:fs'
import { CannotJudge } from '../cannot-judge.ts'

const longestLine = 16 * 1024 ** 2

/** Lines of a file or a pipe, read once: ended by a newline alone, as other ends of lines may stand in an event. */
export async function* readLines(file: string): AsyncGenerator<string> {
  let rest = ''
  let isFirst = true
  for await (const part of createReadStream(file, 'utf8') as AsyncIterable<string>) {
    const lines = (rest + part).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > longestLine) throw new CannotJudge('export-unreadable', 'a line of the export is too long')
    for (const line of lines) {
      yield plain(line, isFirst)
      isFirst = false
    }
  }
  if (rest !== '') yield plain(rest, isFirst)
}

/** What editors and other systems put around a line. */
const plain = (line: string, isFirst: boolean): string =>
  (isFirst ? line.replace(/^\uFEFF/, '') : line).replace(/\r$/, '')
