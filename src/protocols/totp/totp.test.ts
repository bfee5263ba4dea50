import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { fromBase32, toBase32 } from './base32.ts'
import { findStep, stepAt, stepMs, totpCode, totpUri } from './totp.ts'

const secret = Buffer.from('12345678901234567890')

test('the vectors of RFC 6238, appendix B', () => {
  const vectors: [seconds: number, code: string][] = [
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ]
  for (const [seconds, code] of vectors) assert.equal(totpCode(secret, stepAt(seconds * 1000), 8), code)
})

test('the vectors of RFC 4226, appendix D', () => {
  const codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489']
  for (const [step, code] of codes.entries()) assert.equal(totpCode(secret, step), code)
})

test('a code of the step before or after is taken, of two away is not', () => {
  const at = 1_800_000_000_000
  const now = stepAt(at)
  for (const away of [-1, 0, 1]) assert.equal(findStep(secret, totpCode(secret, now + away), at), now + away)
  for (const away of [-2, 2]) assert.equal(findStep(secret, totpCode(secret, now + away), at), undefined)
  assert.equal(findStep(secret, totpCode(secret, now), at + stepMs), now)
})

test('what is no code is none', () => {
  for (const code of ['', '1', '1234567', 'abcdef', '１２３４５６', '-12345', '1e5   '])
    assert.equal(findStep(secret, code, 0), undefined, code)
})

test('base32 there and back, as the vectors of RFC 4648 §10 have it', () => {
  const vectors = [
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
  ]
  for (const [text = '', coded = ''] of vectors) {
    assert.equal(toBase32(Buffer.from(text)), coded)
    assert.equal(fromBase32(coded).toString(), text)
  }
  for (let length = 0; length < 40; length += 1) {
    const bytes = randomBytes(length)
    assert.deepEqual(fromBase32(toBase32(bytes)), bytes)
  }
  assert.throws(() => fromBase32('A1'), TypeError)
})

test('a name cannot put anything else into the address', () => {
  const uri = totpUri({ secret: 'ABC', issuer: 'Postern (git.example)', account: 'a&secret=EVIL#x' })
  assert.equal(new URL(uri).searchParams.get('secret'), 'ABC')
  assert.ok(!uri.includes('#'))
})
