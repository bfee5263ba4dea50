import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { inOneLine, notFound, nothingHere, ProblemError } from './problem.ts'

const source = join(import.meta.dirname, '..')

/** A text in quotes or backticks, as it stands in a source. */
const text = (name: string): string =>
  String.raw`(?<${name}Quote>['\`])(?<${name}>(?:\\.|(?!\k<${name}Quote>)[^\\])*)\k<${name}Quote>`

const said = [
  new RegExp(
    String.raw`(?:conflict|ProblemError)\(\s*(?:\w+,\s*)?'[\w:-]+',\s*${text('title')},\s*\{\s*help: ${text('help')}`,
    'g',
  ),
  new RegExp(String.raw`forbidden\(\s*${text('title')},\s*${text('help')}`, 'g'),
]

/** Every refusal whose title and next step stand side by side; types have seen to it that no other lacks one. */
const refusals = globSync('**/*.ts', { cwd: source, exclude: ['**/*.test.ts'] }).flatMap((file) => {
  const content = readFileSync(join(source, file), 'utf8')
  return said
    .flatMap((pattern) => [...content.matchAll(pattern)])
    .map(({ groups }) => ({ file, title: groups?.['title'] ?? '', help: groups?.['help'] ?? '' }))
})

const wordsOf = (sentence: string): string[] => sentence.toLowerCase().match(/\p{L}{3,}|\$\{[^}]*\}/gu) ?? []

it('no next step only says again what was wrong', () => {
  assert.ok(refusals.length > 200, `${refusals.length} were found`)
  const repeating = refusals.filter(({ title, help }) => {
    const before = new Set(wordsOf(title))
    return wordsOf(help).every((word) => before.has(word))
  })
  assert.deepEqual(repeating, [])
})

it('each is one short sentence, or a command to type', () => {
  const isSentence = (words: string): boolean => /^(?:\p{Lu}|\$\{|“)/u.test(words) && /[.!?]$/.test(words)
  const isCommand = (words: string): boolean => /^[A-Z][^:]*: [a-z]/.test(words)
  for (const { file, help } of refusals) {
    // Cut off by a quote within.
    if (/\$\{[^}]*$/.test(help)) continue
    assert.ok(isSentence(help) || isCommand(help), `${file}: ${help}`)
    assert.ok(help.length <= 200, `${file}: ${help}`)
  }
})

it('what an address leads nowhere to is told as what may not be seen', () => {
  assert.equal(notFound('This group').details.help, nothingHere().details.help)
})

it('goes on one line with its next step, and without one where a field’s sentence is that', () => {
  assert.equal(
    inOneLine(new ProblemError(409, 'taken', 'It is taken.', { help: 'Take another.' })),
    'It is taken. Take another.',
  )
  assert.equal(
    inOneLine(new ProblemError(422, 'invalid-input', 'Name it.', { fields: { name: 'Name it.' } })),
    'Name it.',
  )
})
