import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAskedMarks } from './asked-mark.ts'

const marks = createAskedMarks('a key')
const question = { browserHash: 'this', parameters: new URLSearchParams('client_id=app_1&state=x') }

test('a mark says when its own question was asked', () => {
  const mark = marks.make(question, 1_000_000)
  assert.equal(marks.read(mark, question, 1_000_001), 1_000_000)
})

test('it says nothing of another question, browser, time or key', () => {
  const mark = marks.make(question, 1_000_000)
  const other = { ...question, parameters: new URLSearchParams('client_id=app_1&state=y') }
  assert.equal(marks.read(mark, other, 1_000_001), null)
  assert.equal(marks.read(mark, { ...question, browserHash: 'other' }, 1_000_001), null)
  assert.equal(marks.read(mark, question, 1_600_000), null)
  assert.equal(marks.read(mark, question, 999_999), null)
  assert.equal(createAskedMarks('other').read(mark, question, 1_000_001), null)
  assert.equal(marks.read(`0${mark}`, question, 1_000_001), null)
  assert.equal(marks.read('', question, 1_000_001), null)
  assert.equal(marks.read(null, question, 1_000_001), null)
})
