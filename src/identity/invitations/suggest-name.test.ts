import assert from 'node:assert/strict'
import { test } from 'node:test'
import { suggestName } from './suggest-name.ts'

test('a name is guessed only where the address looks like one', () => {
  assert.deepEqual(suggestName('Ana.Souza+git@example.com'), { username: 'ana-souza', displayName: 'Ana Souza' })
  assert.deepEqual(suggestName('jürgen_müller@example.com'), {
    username: 'jurgen-muller',
    displayName: 'Jurgen Muller',
  })
  assert.deepEqual(suggestName('ops@example.com'), { username: 'ops', displayName: null })
  assert.deepEqual(suggestName('ops.24@example.com'), { username: 'ops-24', displayName: null })
})

test('what no username can be made of suggests none', () => {
  for (const email of ['x@example.com', '日本@example.com', '__@example.com', '@'])
    assert.equal(suggestName(email).username, null, email)
  assert.match(suggestName(`${'long-'.repeat(20)}@example.com`).username ?? '', /^[a-z0-9][a-z0-9-]{1,38}$/)
})
