type Cell = string | number | null

/**
 * A table as a file for spreadsheets, RFC 4180. A text that a spreadsheet would run as a formula is kept a text: names
 * are what people chose to be called.
 */
export const renderCsv = (rows: readonly (readonly Cell[])[]): string =>
  // Without this mark Excel takes UTF-8 for something else.
  `\uFEFF${rows.map((row) => `${row.map(renderCell).join(',')}\r\n`).join('')}`

function renderCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
