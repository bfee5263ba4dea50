/** As a text field holds it. */
export const inField = (text: string): string => text.replaceAll(/\r\n?/g, '\n')

interface Line {
  text: string
  end: string
}

const linesOf = (text: string): Line[] =>
  [...text.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)]
    .map(([, line = '', end = '']) => ({ text: line, end }))
    .filter(({ text: line, end }) => line !== '' || end !== '')

/** The ends of most lines. */
function mostOf(lines: readonly Line[]): string {
  const counts = new Map<string, number>()
  for (const { end } of lines) if (end !== '') counts.set(end, (counts.get(end) ?? 0) + 1)
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0] ?? '\n'
}

/**
 * What was typed, with the line ends of the file: a text field knows but one kind. Lines that stay keep theirs, new ones
 * get what most have, and a last line that had an end has one. A new file ends its last line.
 */
export function withEndsOf(before: string, typed: string): string {
  if (typed === '') return ''
  const old = linesOf(before)
  const usual = mostOf(old)
  const isEnded = typed.endsWith('\n')
  const lines = (isEnded ? typed.slice(0, -1) : typed).split('\n')
  const most = Math.min(old.length, lines.length)
  let same = 0
  while (same < most && old[same]?.text === lines[same]) same++
  let sameEnd = 0
  while (sameEnd < most - same && old.at(-1 - sameEnd)?.text === lines.at(-1 - sameEnd)) sameEnd++
  const isToEnd = isEnded || old.at(-1)?.end !== ''
  return lines
    .map((line, index) => {
      if (index === lines.length - 1 && !isToEnd) return line
      const kept =
        index < same ? old[index] : lines.length - index <= sameEnd ? old.at(index - lines.length) : undefined
      return `${line}${kept?.end || usual}`
    })
    .join('')
}

/** What one step of indentation is in this text: a tab where nothing says otherwise. */
export function indentOf(text: string): string {
  const widths = [...text.matchAll(/^( +)\S/gm)].map(([, spaces = '']) => spaces.length)
  const tabs = text.match(/^\t/gm)?.length ?? 0
  const real = widths.filter((width) => width > 1)
  return real.length <= tabs ? '\t' : ' '.repeat(Math.min(8, ...real))
}
