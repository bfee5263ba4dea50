import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { challengeFor, readOddVerifier } from './odd-verifier.ts'

const s256 = (text: string) => createHash('sha256').update(text).digest('base64url')
const given = 'ab+/'.repeat(10) + 'abc='

test('another spelling stands in only for the very text that was asked for', () => {
  const verifier = readOddVerifier(given) ?? assert.fail()
  assert.match(verifier.standIn, /^[\w-]{43}$/)
  assert.equal(challengeFor(verifier, s256(given)), s256(verifier.standIn))
  for (const other of [s256(verifier.standIn), s256(`${given}x`), 'x'])
    assert.equal(challengeFor(verifier, other), other)
  assert.equal(challengeFor(undefined, s256(given)), s256(given))
})

test('a verifier that is as it should be, or not base64 either, is left alone', () => {
  for (const text of [null, '', 'a'.repeat(43), `${'a'.repeat(42)}~`, 'ab+/', `${'a'.repeat(50)}==x`, '+'.repeat(200)])
    assert.equal(readOddVerifier(text), undefined, String(text))
})
