import assert from 'node:assert/strict'
import { test } from 'node:test'
import { learnsWords } from './sign-on-words.ts'

test('what a tool learns reads as a sentence, and says nothing of what it does not', () => {
  assert.equal(learnsWords(['openid']), 'your user name')
  assert.equal(learnsWords(['openid', 'profile', 'email']), 'your user name, your name and your mail address')
  assert.equal(learnsWords(['openid', 'constructor']), 'your user name')
})
