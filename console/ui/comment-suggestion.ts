/** A comment taken apart at the lines it suggests. */
export interface SuggestionParts {
  before: string
  lines: string[]
  after: string
}

const BLOCK = /^(`{3,})suggestion[^\S\n]*\n(?:([\s\S]*?)\n)?\1[^\S\n]*$/m

/** Null where nothing is suggested. */
export function splitSuggestion(body: string): SuggestionParts | null {
  const text = body.replaceAll('\r\n', '\n')
  const found = BLOCK.exec(text)
  if (found === null) return null
  return {
    before: text.slice(0, found.index).trim(),
    lines: found[2] === undefined ? [] : found[2].split('\n'),
    after: text.slice(found.index + found[0].length).trim(),
  }
}

/** What a person edits to suggest other lines: the lines as they are, in a block of their own below what was typed. */
export function withSuggestion(typed: string, lines: readonly string[]): string {
  const longest = lines.reduce((most, line) => Math.max(most, /^\s*(`+)/.exec(line)?.[1]?.length ?? 0), 2)
  const fence = '`'.repeat(longest + 1)
  return `${typed === '' ? '' : `${typed.trimEnd()}\n\n`}${[`${fence}suggestion`, ...lines, fence].join('\n')}\n`
}
