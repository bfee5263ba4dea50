import { CsvError, parse } from 'csv-parse/sync'
import { ProblemError } from '../../http/problem.ts'

/** What a list may say of somebody. */
export const columns = ['username', 'email', 'displayName', 'role', 'groups', 'passwordHash', 'endsAt'] as const
export type Column = (typeof columns)[number]

/** One person as the list has them: nothing is believed yet. */
export interface ListRow {
  /** In the list, from 1, the line of titles left out. */
  row: number
  cells: Partial<Record<Column, string>>
}

export const mostRows = 20_000
export const mostBytes = 10_485_760
const longestCell = 2000

/** A CSV file, whatever it separates by, or a JSON list of objects. @throws 422 where it is no list of people */
export function readList({ format, text }: { format: 'csv' | 'json'; text: string }): ListRow[] {
  if (Buffer.byteLength(text) > mostBytes) throw badList(`The list is larger than ${mostBytes / 1_048_576} MB.`)
  const rows = format === 'csv' ? readCsv(text) : readJson(text)
  if (rows.length === 0) throw badList('Nobody is in this list.')
  if (rows.length > mostRows) throw badList(`There are more than ${mostRows} people in this list.`)
  for (const { row, cells } of rows)
    for (const [column, value] of Object.entries(cells))
      if (value.length > longestCell) throw badList(`The ${column} in row ${row} is too long.`)
  return rows
}

function readCsv(text: string): ListRow[] {
  let records: string[][]
  try {
    records = parse(text, {
      bom: true,
      delimiter: [separatorOf(text)],
      skip_empty_lines: true,
      trim: true,
      // One more than may be: to know that there are more, and not to read them.
      to: mostRows + 2,
      max_record_size: longestCell * columns.length,
    })
  } catch (error) {
    if (error instanceof CsvError) throw badList(`This is no CSV file: ${error.message}.`)
    throw error
  }
  const [titles = [], ...lines] = records
  const named = titles.map(columnOf)
  refuseTwice(named)
  return lines.map((line, index) => ({
    row: index + 1,
    cells: Object.fromEntries(named.map((column, at) => [column, line[at] ?? ''])),
  }))
}

/** By what the line of titles has most of. */
function separatorOf(text: string): string {
  const [titles = ''] = text.split('\n', 1)
  const many = (separator: string): number => titles.split(separator).length
  return [',', ';', '\t'].reduce((best, one) => (many(one) > many(best) ? one : best))
}

function readJson(text: string): ListRow[] {
  const read = (): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      throw badList('This is no JSON.')
    }
  }
  const list = read()
  if (!Array.isArray(list)) throw badList('This is no list: a JSON file begins with [.')
  return list.slice(0, mostRows + 1).map((entry: unknown, index) => {
    const row = index + 1
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) throw badList(`Entry ${row} is no object.`)
    const cells = Object.entries(entry).map(([name, value]) => [columnOf(name), textOf(value, row)] as const)
    refuseTwice(cells.map(([column]) => column))
    return { row, cells: Object.fromEntries(cells) }
  })
}

function textOf(value: unknown, row: number): string {
  if (value === null) return ''
  if (typeof value === 'string') return value.trim()
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(';')
  throw badList(`Entry ${row} holds something that is no text.`)
}

/** As other systems spell it: `display_name`, `Display name`. */
function columnOf(title: string): Column {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, '')
  const found = columns.find((column) => plain(column) === plain(title))
  if (found === undefined)
    throw badList(`Nobody knows what the column “${title.slice(0, 40)}” means. There are: ${columns.join(', ')}.`)
  return found
}

function refuseTwice(named: readonly Column[]): void {
  const twice = named.find((column, index) => named.indexOf(column) !== index)
  if (twice !== undefined) throw badList(`The column ${twice} is there twice.`)
  const missing = (['username', 'email'] as const).find((column) => !named.includes(column))
  if (missing !== undefined) throw badList(`The column ${missing} is missing.`)
}

const badList = (sentence: string): ProblemError =>
  new ProblemError(422, 'bad-list', sentence, { help: 'Change the list, then look at it again. Nobody was imported.' })
