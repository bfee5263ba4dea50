import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePushOptions } from './push-options.ts'
import { slugOf } from './push-proposal.ts'

test('options are read, others’ left alone, and of several the last counts', () => {
  const none = { pullRequest: undefined, title: undefined, description: undefined, withPicture: true, isDraft: false }
  assert.deepEqual(parsePushOptions(['ci.skip', 'pull-requests', 'Title=x']), none)
  assert.deepEqual(parsePushOptions(['pull-request', 'no-qr']), {
    ...none,
    pullRequest: { branch: undefined },
    withPicture: false,
  })
  assert.deepEqual(parsePushOptions(['pull-request=a', 'pull-request=b=c', 'title=', 'description=x=y']), {
    ...none,
    pullRequest: { branch: 'b=c' },
    title: '',
    description: 'x=y',
  })
  assert.deepEqual(parsePushOptions(['pull-request=']).pullRequest, { branch: undefined })
  assert.equal(parsePushOptions(['draft']).isDraft, true)
})

test('a subject becomes a part of a branch’s name', () => {
  for (const [subject, slug] of [
    ['Fix the fee: round ONCE (again)', 'fix-the-fee-round-once-again'],
    ['Überraschung, déjà vu', 'uberraschung-deja-vu'],
    ['…', 'change'],
    ['../../refs/heads/main', 'refs-heads-main'],
    ['-x', 'x'],
    ['index.lock', 'change-index-lock'],
    [`${'a'.repeat(49)} b`, 'a'.repeat(49)],
  ] as const)
    assert.equal(slugOf(subject), slug)
})
