import assert from 'node:assert/strict'
import { test } from 'node:test'
import { suggestUsername, usernameProblem } from './suggest-username.ts'

test('a username is suggested from a name, without its accents', () => {
  assert.equal(suggestUsername('Ana María Souza'), 'ana-maria-souza')
  assert.equal(suggestUsername("  Sean O'Neill Jr. "), 'sean-o-neill-jr')
})

test('what leaves nothing usable suggests nothing', () => {
  assert.equal(suggestUsername('李'), '')
  assert.equal(suggestUsername('!'), '')
})

test('whatever is suggested, the server’s rule accepts', () => {
  for (const name of ['x'.repeat(80), `${'ab '.repeat(13)}c d e`, 'Å B', '42']) {
    assert.equal(usernameProblem(suggestUsername(name)), null, name)
  }
})
