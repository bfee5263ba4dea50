import { compilePattern, type OwnerPattern } from './pattern.ts'

/** One line of a CODEOWNERS file. */
export interface OwnerLine {
  line: number
  /** As written. */
  text: string
  /** Null where it cannot be read: then it may mean any path, and its owners are asked for all. */
  pattern: OwnerPattern | null
  /** As written: `@name`, or a mail address. */
  owners: readonly string[]
}

export interface OwnerProblem {
  /** Counted from 1; null: the whole file. */
  line: number | null
  sentence: string
}

export interface OwnerRules {
  /** The file cannot be used at all: nobody can own, so nothing that needs an owner can be merged. */
  isBroken: boolean
  lines: readonly OwnerLine[]
  problems: readonly OwnerProblem[]
}

const mostLines = 5000
const mostOwnersOfLine = 100
const mostOwners = 2000
const mostProblems = 200

export const brokenOwners = (sentence: string): OwnerRules => ({
  isBroken: true,
  lines: [],
  problems: [{ line: null, sentence }],
})

/** Reads a CODEOWNERS file. What it cannot read it says; it never throws, and never lets a broken line own nothing. */
export function parseCodeOwners(text: string): OwnerRules {
  const lines: OwnerLine[] = []
  const problems: OwnerProblem[] = []
  const names = new Set<string>()
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const [word, ...owners] = splitWords(raw)
    if (word === undefined) continue
    if (lines.length === mostLines) return brokenOwners(`It has more than ${mostLines} rules.`)
    const line = index + 1
    const pattern = compilePattern(word)
    if (typeof pattern === 'string') problems.push({ line, sentence: `The pattern ${quote(word)} ${pattern}.` })
    if (owners.length > mostOwnersOfLine)
      problems.push({ line, sentence: `It names more than ${mostOwnersOfLine} owners: the first ones count.` })
    const counted = owners.slice(0, mostOwnersOfLine)
    for (const name of counted) names.add(name)
    if (names.size > mostOwners) return brokenOwners(`It names more than ${mostOwners} different owners.`)
    lines.push({ line, text: word, pattern: typeof pattern === 'string' ? null : pattern, owners: counted })
  }
  return { isBroken: false, lines, problems: problems.slice(0, mostProblems) }
}

/** Words between blanks; `\ ` is a blank in a path, `#` at the start of a word begins a comment. */
function splitWords(line: string): string[] {
  const words: string[] = []
  let word = ''
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at)
    if (char === '\\' && at + 1 < line.length) word += char + line.charAt(++at)
    else if (/\s/.test(char)) {
      if (word !== '') words.push(word)
      word = ''
    } else if (char === '#' && word === '') break
    else word += char
  }
  if (word !== '') words.push(word)
  return words
}

/** Safe to be shown: from a file that anybody may have written. */
export const quote = (text: string): string =>
  `“${text.slice(0, 100).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')}${text.length > 100 ? '…' : ''}”`

export const renderOwnerProblems = (path: string, problems: readonly OwnerProblem[]): string[] =>
  problems.map(({ line, sentence }) => `${path}${line === null ? '' : `, line ${line}`}: ${sentence}`)
