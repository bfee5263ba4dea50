import { readFile, writeFile } from 'node:fs/promises'
import { isReached, ratioOf, type Row } from './measure.ts'

const begin = '<!-- bench: begin -->'
const end = '<!-- bench: end -->'

/** The rows as a Markdown table. */
export function renderTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const ratio = ratioOf(row)
    return [
      row.measured,
      quantity(row.ours, row.unit),
      row.peer === undefined ? '' : `${row.peer.name}: ${quantity(row.peer.value, row.unit)}`,
      ratio === undefined ? '' : `${ratio.toFixed(2)}x`,
      reachText(row),
      { true: '✔', false: '✖', undefined: '' }[`${isReached(row)}`],
    ]
  })
  const head = ['measured', 'Postern', 'peer', 'ratio', 'reach', '']
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function reachText({ reach, unit }: Row): string {
  if (reach === undefined) return ''
  return 'ratio' in reach ? `≤ ${reach.ratio}x` : `≤ ${quantity(reach.value, unit)}`
}

const quantity = (value: number, unit: string): string =>
  `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`

/** Puts text between the two markers of a document, in place of what stood there. @throws where they are missing */
export async function writeBetweenMarkers(file: string, text: string): Promise<void> {
  const document = await readFile(file, 'utf8')
  const from = document.indexOf(begin)
  const to = document.indexOf(end)
  if (from < 0 || to < from) throw new Error(`${file} has no ${begin} … ${end}`)
  await writeFile(file, `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`)
}
