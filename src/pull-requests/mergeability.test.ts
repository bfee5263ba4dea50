import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeMergeability, type MergeFacts } from './mergeability.ts'

const facts: MergeFacts = {
  state: 'open',
  isDraft: false,
  sourceBranch: 'work',
  targetBranch: 'main',
  hasSource: true,
  hasTarget: true,
  comparison: {
    mergeBase: 'a'.repeat(40),
    isCrossed: false,
    commitCount: 1,
    outcome: { kind: 'clean', tree: 'b'.repeat(40) },
  },
  mayMerge: true,
  key: { refusal: null },
  heldBy: null,
  ready: [{ label: 'Approved by Ada', isMet: true, help: null }],
  methods: [
    { method: 'merge', refusal: 'main keeps one straight line.' },
    { method: 'squash', refusal: null },
  ],
}
const closed = [{ method: 'merge', refusal: 'main keeps one straight line.' }] as const
const conflicts = { kind: 'conflicts', files: ['a.txt'] } as const
const missing = { label: '2 people must have approved', isMet: false, help: 'Nobody has yet.' }
const comparison = { mergeBase: 'a'.repeat(40), isCrossed: false, commitCount: 1 }

const cases: [change: Partial<MergeFacts>, state: string, unmet: string[]][] = [
  [{}, 'ready', []],
  [{ key: null }, 'ready', []],
  [{ state: 'merged' }, 'closed', []],
  [{ state: 'closed' }, 'closed', []],
  [{ hasSource: false, comparison: null }, 'source-missing', ['Both branches exist']],
  [{ hasTarget: false, comparison: null }, 'source-missing', ['Both branches exist']],
  [{ comparison: { ...comparison, mergeBase: null, outcome: null } }, 'not-allowed', ['The branches share history']],
  [{ comparison: { ...comparison, outcome: null } }, 'nothing-to-merge', ['There is something to merge']],
  [
    { comparison: { ...comparison, outcome: { ...conflicts, files: ['a.txt'] } } },
    'conflicts',
    ['Conflicts with main'],
  ],
  [{ mayMerge: false }, 'not-allowed', ['You may merge here']],
  [{ key: { refusal: 'Add a key.' } }, 'not-allowed', ['You have a key that may merge here']],
  [{ ready: [missing] }, 'not-ready', ['2 people must have approved']],
  [{ methods: closed }, 'not-ready', ['A way to merge is open']],
  [{ isDraft: true }, 'draft', ['Ready for review']],
  [{ isDraft: true, ready: [missing] }, 'draft', ['Ready for review', '2 people must have approved']],
  [{ isDraft: true, mayMerge: false }, 'draft', ['Ready for review', 'You may merge here']],
  [{ isDraft: true, state: 'closed' }, 'closed', []],
  // What others have to do is not what stands first in the way of somebody who may not merge at all.
  [{ ready: [missing], mayMerge: false }, 'not-allowed', ['2 people must have approved', 'You may merge here']],
]

for (const [change, state, unmet] of cases)
  test(`${JSON.stringify(change)} is ${state}`, () => {
    const judged = judgeMergeability({ ...facts, ...change })
    assert.equal(judged.state, state)
    assert.deepEqual(
      judged.checks.filter(({ isMet }) => !isMet).map(({ label }) => label),
      unmet,
    )
    for (const { isMet, help } of judged.checks)
      assert.equal(help === null, isMet, 'what is missing says what would help')
  })
