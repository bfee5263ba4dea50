import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { newId } from '../../database/id.ts'
import { parsePushCertificate } from '../../protocols/git/push-certificate.ts'
import { TestSshKey } from '../../protocols/ssh/test-ssh-key.ts'
import { armorSshsig, sshsigBlob } from '../../protocols/sshsig/sshsig.ts'
import { createPushNonces } from '../push-nonces.ts'
import { checkCertificate } from './check-certificate.ts'

const key = new TestSshKey('ssh-ed25519')
const path = 'payments/api'

function write(pushee: string | null = 'ssh://git@tunnel:7422/payments/api.git'): string {
  const payload = [
    'certificate version 0.1',
    'pusher SHA256:abc 1790000000 +0000',
    ...(pushee === null ? [] : [`pushee ${pushee}`]),
    'nonce 1790000000-0123456789abcdef',
    '',
    `${'1'.repeat(40)} ${'2'.repeat(40)} refs/heads/main`,
    '',
  ].join('\n')
  const signature = key.sign(sshsigBlob('git', Buffer.from(payload)))
  return payload + armorSshsig({ publicKey: key.publicKey, namespace: 'git', signature })
}
const oidOf = (text: string): string =>
  createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex')
const check = (text: string, nonceStatus = 'OK', oid = oidOf(text)): string => {
  const checked = checkCertificate(parsePushCertificate(text), { seen: { oid, nonceStatus }, options: [], path })
  return 'refusal' in checked ? checked.refusal.code : checked.signature.state
}

describe('a certificate', () => {
  test('is for a repository, by whatever name the pusher calls this instance', () => {
    for (const pushee of [
      'https://git.example.com/payments/api.git',
      'https://git.example.com/Payments/API',
      'git@git:payments/api.git',
      'ssh://git@tunnel:7422/payments/api/',
      null,
    ])
      assert.equal(check(write(pushee)), 'verified', String(pushee))
    for (const pushee of [
      'https://git.example.com/payments/api2.git',
      'https://x/other/api',
      'https://x/xpayments/api',
    ])
      assert.equal(check(write(pushee)), 'push-certificate-elsewhere', pushee)
  })

  test('is good with a nonce that git knows again, and with no other', () => {
    for (const status of ['SLOP', 'BAD', 'MISSING', 'UNSOLICITED', '', 'ok'])
      assert.equal(check(write(), status), 'push-certificate-nonce', status)
  })

  test('is the one that git was given', () => {
    assert.equal(check(write(), 'OK', oidOf('another')), 'push-certificate-mismatch')
    const checked = checkCertificate(parsePushCertificate(write()), { seen: undefined, options: [], path })
    assert.equal('refusal' in checked && checked.refusal.code, 'push-certificate-mismatch')
  })
})

test('nonces are known again on every node, and in no other repository', () => {
  const [one, other] = [newId('rep'), newId('rep')]
  const seed = (secret: string, id: typeof one): string => createPushNonces(secret).settings(id)[0]?.[1] ?? ''
  assert.equal(seed('a', one), seed('a', one))
  assert.notEqual(seed('a', one), seed('a', other))
  assert.notEqual(seed('a', one), seed('b', one))
})
