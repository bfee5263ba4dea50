import assert from 'node:assert/strict'
import { test } from 'node:test'
import { patchLines } from './diff-lines.ts'
import { lfsWords } from './lfs-change.ts'

const version = 'version https://git-lfs.github.com/spec/v1'
const oid = (digit: string) => `oid sha256:${digit.repeat(64)}`
const say = (...lines: string[]) => lfsWords(patchLines(lines.join('\n')))

test('says how large a file of Git LFS was and is', () => {
  assert.equal(
    say('@@ -1,3 +1,3 @@', ` ${version}`, `-${oid('a')}`, '-size 1500', `+${oid('b')}`, '+size 2000000'),
    'Git LFS keeps this file: 1.5 KB before, 2.0 MB after.',
  )
  assert.equal(say('@@ -0,0 +1,3 @@', `+${version}`, `+${oid('b')}`, '+size 12'), 'Git LFS keeps this file, 12 bytes.')
  assert.equal(say('@@ -1,3 +0,0 @@', `-${version}`, `-${oid('b')}`, '-size 12'), 'Git LFS kept this file, 12 bytes.')
  assert.equal(
    say('@@ -1 +1,3 @@', '-text', `+${version}`, `+${oid('b')}`, '+size 12'),
    'Git LFS keeps this file from now on, 12 bytes.',
  )
  assert.equal(
    say('@@ -1,3 +1 @@', `-${version}`, `-${oid('b')}`, '-size 12', '+text'),
    'Git LFS keeps this file no longer; it had 12 bytes.',
  )
})

test('says nothing of what only speaks of it', () => {
  assert.equal(say('@@ -1 +1,2 @@', ' # About', `+${version}`), null)
  assert.equal(say('@@ -0,0 +1,3 @@', `+${version}`, '+oid sha256:short', '+size 12'), null)
  assert.equal(say('@@ -0,0 +1,4 @@', `+${version}`, `+${oid('b')}`, '+size 12', '+rm -rf ~'), null)
  assert.equal(lfsWords(patchLines(null)), null)
})
