import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterTheTap, unusualPlace, whoAsks } from './asked-words.ts'

const requestedBy = { id: 'usr_bo', username: 'bo', displayName: 'Bo Example' }
const quiet = { address: null, device: null, isUnusual: false, tokenName: null, program: null, canEndToken: false }
const far = { ...quiet, address: '203.0.113.9', isUnusual: true, tokenName: 'robot' }

test('who asks, with what and from where, as far as it is known', () => {
  assert.equal(whoAsks({ isMine: true, requestedBy, askedFrom: quiet }), 'You asked for this')
  assert.equal(
    whoAsks({ isMine: false, requestedBy, askedFrom: far }),
    'Bo Example (bo) asks you with the token “robot” from 203.0.113.9',
  )
  const device = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36'
  assert.match(
    whoAsks({ isMine: false, requestedBy, askedFrom: { ...quiet, device } }),
    /asks you with Chrome on Linux$/,
  )
})

test('a key over SSH is named as what it is', () => {
  const askedFrom = { ...quiet, program: 'SSH key “laptop”' }
  assert.equal(whoAsks({ isMine: true, requestedBy, askedFrom }), 'You asked for this with the SSH key “laptop”')
  assert.match(afterTheTap({ isMine: true, requestedBy, askedFrom }), /what came with the SSH key “laptop” goes on/)
})

test('a strange place is named to the one who can judge it', () => {
  assert.equal(unusualPlace({ isMine: true, requestedBy, askedFrom: quiet }), null)
  assert.match(unusualPlace({ isMine: true, requestedBy, askedFrom: far }) ?? '', /^You are not .* 203\.0\.113\.9\./)
  assert.match(unusualPlace({ isMine: false, requestedBy, askedFrom: far }) ?? '', /^Bo Example .* Ask them/)
})

test('what happens next depends on who waits', () => {
  assert.match(afterTheTap({ isMine: true, requestedBy, askedFrom: quiet }), /page that waits/)
  assert.match(afterTheTap({ isMine: true, requestedBy, askedFrom: far }), /program with the token “robot”/)
  assert.match(afterTheTap({ isMine: false, requestedBy, askedFrom: quiet }), /takes effect, and Bo Example/)
})
