import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DiffFile } from '../api/shapes.ts'
import { changeWords } from './diff-words.ts'

const file = (changes: Partial<DiffFile>): DiffFile => ({
  index: 0,
  oldPath: 'a',
  newPath: 'a',
  status: 'modified',
  oldMode: '100644',
  newMode: '100644',
  isBinary: false,
  additions: 1,
  deletions: 1,
  ...changes,
})

test('an ordinary change needs no word', () => assert.deepEqual(changeWords(file({})), []))

test('a file that becomes a link or executable says so', () => {
  assert.deepEqual(changeWords(file({ newMode: '100755' })), ['Was a plain file, now an executable file'])
  assert.deepEqual(changeWords(file({ status: 'type-changed', newMode: '120000' })), [
    'Kind changed',
    'Was a plain file, now a symbolic link',
  ])
})

test('new files name what they are', () => {
  assert.deepEqual(changeWords(file({ status: 'added', oldMode: '000000', newMode: '100755' })), [
    'New file',
    'Executable',
  ])
  assert.deepEqual(changeWords(file({ status: 'added', oldMode: '000000', newMode: '160000' })), [
    'New file',
    'Submodule',
  ])
})
