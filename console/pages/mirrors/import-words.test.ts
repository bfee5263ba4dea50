import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leftWords, lfsLeftWords, movingState, percentOf, suggestName } from './import-words.ts'

test('suggests a name by the address', () => {
  assert.equal(suggestName('https://example.com/team/api.git'), 'api')
  assert.equal(suggestName(' https://example.com/team/web-app/ '), 'web-app')
  assert.equal(suggestName('https://example.com/a/b.git?x=1#y'), '')
  for (const nothing of ['', 'https://example.com', 'https://', 'https://example.com/-x'])
    assert.equal(suggestName(nothing), '')
})

test('knows how far it is only where a total is known', () => {
  assert.equal(percentOf({ objectsDone: 5, objectsTotal: 0 }), null)
  assert.equal(percentOf({ objectsDone: 999, objectsTotal: 1000 }), 99)
})

test('says how long it still takes, by what an object took so far', () => {
  const view = { phase: 'receiving', objectsDone: 1_000, objectsTotal: 4_000, bytes: 5e6, bytesPerSecond: 1e5 } as const
  assert.equal(leftWords(view), 'about 3 minutes left')
  assert.equal(leftWords({ ...view, objectsTotal: 1_300 }), 'less than a minute left')
  assert.equal(leftWords({ ...view, bytesPerSecond: 2e3 }), 'about 2 hours left')
  for (const unknown of [{ objectsTotal: 0 }, { bytesPerSecond: 0 }, { phase: 'checking' }] as const)
    assert.equal(leftWords({ ...view, ...unknown }), '')
})

test('what has just come is not pushed once more by whoever still sees an empty repository', () => {
  const result = { branches: 1, tags: 0, bytes: 9, lfsPointers: 0, defaultBranch: 'main', leftOut: [], leftOutCount: 0 }
  const done = { state: 'done', result, finishedAt: 1_000_000 } as const
  assert.equal(movingState(undefined, 0), null)
  assert.equal(movingState({ ...done, state: 'running', result: null, finishedAt: null }, 0), 'under-way')
  assert.equal(movingState(done, 1_003_000), 'under-way')
  assert.equal(movingState(done, 2_000_000), null, 'it was emptied since')
  assert.equal(movingState({ ...done, result: { ...result, branches: 0 } }, 1_003_000), null, 'nothing was there')
  for (const state of ['failed', 'interrupted'] as const)
    assert.equal(movingState({ ...done, state, result: null }, 1_003_000), 'stopped')
})

test('says what became of files of Git LFS', () => {
  const lfs = { brought: 1, bytes: 9, missing: 0, reason: null }
  assert.equal(lfsLeftWords({ lfsPointers: 0 }), null)
  assert.equal(lfsLeftWords({ lfsPointers: 1, lfs }), null)
  assert.equal(
    lfsLeftWords({ lfsPointers: 3, lfs: { ...lfs, missing: 2, reason: 'The disk of this server is full.' } }),
    '2 files were not brought. The disk of this server is full.',
  )
  assert.match(lfsLeftWords({ lfsPointers: null }) ?? '', /too many small files/)
  assert.match(lfsLeftWords({ lfsPointers: 1 }) ?? '', /^1 pointer came, and what they name was not brought\.$/)
})
