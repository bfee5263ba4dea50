import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPrivateCa } from '../../test/support/private-ca.ts'
import { findTlsProblem } from './tls-pair.ts'

const ca = createPrivateCa()
const ours = ca.issue('git.example.com')
const other = ca.issue('other.example.com')
const files = { cert: 'cert.pem', key: 'key.pem' }
const problemOf = (cert: string, key: string, host = 'git.example.com'): string | undefined =>
  findTlsProblem(host, { cert: Buffer.from(cert), key: Buffer.from(key) }, files)

test('a certificate for this host, with its key, can be served; more of its chain may follow', () => {
  assert.equal(problemOf(ours.cert, ours.key), undefined)
  assert.equal(problemOf(ours.cert + ca.cert, ours.key), undefined)
  const wildcard = ca.issue('*.example.com')
  assert.equal(problemOf(wildcard.cert, wildcard.key), undefined)
})

test('what cannot be served is one sentence that names the file', () => {
  assert.equal(problemOf('hello', ours.key), 'cert.pem is not a PEM certificate.')
  assert.equal(problemOf(ours.key, ours.key), 'cert.pem is not a PEM certificate.')
  assert.equal(problemOf(ours.cert, 'hello'), 'key.pem is not a PEM private key without a passphrase.')
  assert.equal(problemOf(ours.cert, ours.cert), 'key.pem is not a PEM private key without a passphrase.')
  assert.equal(problemOf(ours.cert, other.key), 'key.pem does not belong to the certificate in cert.pem.')
  assert.equal(
    problemOf(other.cert, other.key),
    'The certificate in cert.pem is not for git.example.com, but for other.example.com.',
  )
  assert.equal(problemOf(ca.cert + ours.cert, ours.key), 'key.pem does not belong to the certificate in cert.pem.')
})
