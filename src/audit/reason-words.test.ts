import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { renderSentence } from './actions.ts'
import { reasonWords, wordsOfReason } from './reason-words.ts'

const source = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(source, path), 'utf8')
const codesIn = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, code = '']) => code)

/** What lies below a file in the rooms where a merge is refused; what only types are taken from is never run. */
function filesBelow(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path) || !/^(?:pull-requests|repositories|seals|http|identity\/ending)\//.test(path)) return found
  found.add(path)
  for (const [, from = ''] of read(path).matchAll(/^(?:import|export) (?!type )[^;']*?from '(\.[^']+)'/gm))
    filesBelow(normalize(join(dirname(path), from)), found)
  return found
}

const problemCodes = /(?:ProblemError\(\s*\d+,|conflict\(|[a-z]Problem\()\s*'([a-z-]+)'/g

/** Every code that can stand in an event's `reason`, found where it is written. */
const written: Record<keyof typeof reasonWords, string[]> = {
  'session.refused': [
    ...codesIn(read('protocols/webauthn/webauthn-error.ts'), /^ {2}\| '([a-z-]+)'$/gm),
    ...codesIn(read('directory/upstream/shapes.ts'), /^ {2}'([a-z-]+)',/gm),
    ...globSync('identity/**/*.ts', { cwd: source }).flatMap((path) =>
      codesIn(read(path), /noteRefusal\([^{]*\{ reason: '([^']+)'/g).filter((reason) => !reason.includes(' ')),
    ),
  ],
  'merge.refused': [...filesBelow('pull-requests/merge.ts')].flatMap((path) => codesIn(read(path), problemCodes)),
}

for (const [action, codes] of Object.entries(written))
  test(`each code that can be the reason of ${action} has words, and no words are left over`, () => {
    const words = reasonWords[action as keyof typeof reasonWords]
    assert.deepEqual(Object.keys(words).toSorted(), [...new Set(codes)].toSorted())
    for (const [code, sentence] of Object.entries(words)) assert.match(sentence, /^(?!.*\.$)\S+ \S/, code)
  })

test('a reason is told in words, a guardrail by its name, and what somebody wrote as they wrote it', () => {
  const merge = { repository: 'payments/api', number: 7, actor: 'Ana' }
  assert.equal(
    renderSentence('merge.refused', { ...merge, reason: 'head-moved' }),
    'A merge of payments/api#7 by Ana was refused: new commits were pushed after the tap',
  )
  const signIn = (reason: string, rule?: string): string => renderSentence('session.refused', { reason }, rule)
  assert.equal(signIn('wrong password'), 'A sign-in was refused: wrong password')
  assert.equal(signIn('office-only', 'office-only'), 'A sign-in was refused: the guardrail “office-only” forbids it')
  assert.match(signIn('floor:sign-in', 'floor:sign-in'), /: Postern’s own rules forbid it$/)
  assert.match(renderSentence('review.dismissed', { reason: 'closed' }), /: closed$/)
  assert.equal(wordsOfReason('merge.refused', 'constructor'), 'constructor')
})
