import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { checkRefName, checkShortRefName, refNameSentences } from './ref-name.ts'

const refused: Record<string, string> = {
  '': 'empty',
  'refs/heads/': 'component',
  'refs//main': 'component',
  '/refs/heads/main': 'component',
  'refs/heads/.hidden': 'component',
  'refs/heads/main.lock': 'component',
  'refs/heads/a.lock/b': 'component',
  'refs/heads/a..b': 'two-dots',
  'refs/heads/../../config': 'component',
  'refs/heads/a b': 'forbidden-character',
  'refs/heads/a\nb': 'forbidden-character',
  'refs/heads/a\u0000b': 'forbidden-character',
  'refs/heads/a\u007f': 'forbidden-character',
  'refs/heads/a~1': 'forbidden-character',
  'refs/heads/a^': 'forbidden-character',
  'refs/heads/a:b': 'forbidden-character',
  'refs/heads/*': 'forbidden-character',
  'refs/heads/a?': 'forbidden-character',
  'refs/heads/[a': 'forbidden-character',
  'refs/heads/a\\b': 'forbidden-character',
  'refs/heads/a@{1}': 'at-brace',
  'refs/heads/main.': 'ends-with-dot',
  'refs/heads/\u202emain': 'invisible-character',
  'refs/heads/ma\u200bin': 'invisible-character',
  'refs/heads/\ud800': 'invisible-character',
  'refs/heads/\u0085': 'invisible-character',
  '@': 'reserved',
  main: 'reserved',
  [`refs/heads/${'x'.repeat(240)}`]: 'too-long',
}

describe('checkRefName', () => {
  it('refuses, and says what', () => {
    for (const [name, problem] of Object.entries(refused)) {
      assert.equal(checkRefName(name), problem, JSON.stringify(name))
      assert.ok(refNameSentences[problem as keyof typeof refNameSentences])
    }
  })

  it('takes ordinary names in any script', () => {
    for (const name of [
      'refs/heads/main',
      'refs/heads/feature/überfall-#1',
      'refs/tags/v1.0',
      'refs/heads/機能',
      'refs/heads/@',
      'refs/heads/-x',
    ]) {
      assert.equal(checkRefName(name), undefined, name)
    }
  })

  it('takes nothing that git check-ref-format refuses', () => {
    const character = fc.constantFrom(...'ab./@{}-~^:?*[\\ \t\u007f'.split(''), '.lock', '..', '@{', 'é')
    fc.assert(
      fc.property(fc.array(character, { minLength: 1, maxLength: 6 }), (parts) => {
        const name = `refs/heads/${parts.join('')}`
        fc.pre(checkRefName(name) === undefined)
        execFileSync('git', ['check-ref-format', name], { stdio: 'ignore' })
      }),
      { numRuns: 40 },
    )
  })
})

describe('checkShortRefName', () => {
  it('refuses what git or a shell would take for something else', () => {
    assert.equal(checkShortRefName('-d'), 'dash')
    assert.equal(checkShortRefName('HEAD'), 'reserved')
    assert.equal(checkShortRefName('@'), 'reserved')
    assert.equal(checkShortRefName('refs/heads/main'), 'reserved')
    assert.equal(checkShortRefName(''), 'empty')
    assert.equal(checkShortRefName('feature/one'), undefined)
  })
})
