/** Columns that every line of the report fits in. */
export const WIDTH = 100

export const short = (oid: string): string => oid.slice(0, 12)

/** Breaks text at blanks; `first` leads the first line and `indent` the others. */
export function wrap(text: string, first: string, indent: string): string[] {
  const lines: string[] = []
  let line = first
  for (const word of text.split(' ')) {
    if (line.length + word.length > WIDTH && line.trim() !== '') {
      lines.push(line.trimEnd())
      line = indent
    }
    line += `${word} `
  }
  return [...lines, line.trimEnd()]
}
