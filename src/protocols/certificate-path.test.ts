import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type CertificatePathErrorCode, verifyCertificatePath } from './certificate-path.ts'
import { type CertificateWish, type TestCertificate, extension, makeCertificate } from './test-certificate.ts'
import { integer, octets, sequence, yes } from './der-encode.ts'

const at = Date.now()
const dayMs = 86_400_000
const make = (name: string, wish: Partial<CertificateWish> = {}) =>
  makeCertificate({ subject: [['CN', name]], ...wish })

const root = make('root', { isCa: true })
const middle = make('middle', { isCa: true, issuer: root })
const leaf = make('leaf', { issuer: middle })

const pathOf = (chain: TestCertificate[], anchors: TestCertificate[], when = at): string[] =>
  verifyCertificatePath({
    chain: chain.map(({ x509 }) => x509),
    anchors: anchors.map(({ x509 }) => x509),
    at: when,
  }).map(({ subject }) => subject)

describe('leads to', () => {
  test('a root, with and without the root in the chain', () => {
    assert.deepEqual(pathOf([leaf, middle], [root]), ['CN=leaf', 'CN=middle', 'CN=root'])
    assert.deepEqual(pathOf([leaf, middle, root], [root]), ['CN=leaf', 'CN=middle', 'CN=root'])
  })
  test('an intermediate that is trusted itself, whatever follows', () => {
    assert.deepEqual(pathOf([leaf, middle, make('unrelated')], [middle]), ['CN=leaf', 'CN=middle'])
  })
  test('the leaf itself, though it may issue nothing', () => {
    assert.deepEqual(pathOf([leaf], [leaf]), ['CN=leaf'])
  })
  test('a leaf made anew over the same name and key, as the trusted one', () => {
    const own = make('batch')
    assert.deepEqual(pathOf([make('batch', { privateKey: own.privateKey })], [own]), ['CN=batch'])
  })
})

describe('is refused', () => {
  const limited = make('limited', { issuer: root })
  const cases: [name: string, code: CertificatePathErrorCode, run: () => unknown][] = [
    ['without certificates', 'untrusted', () => pathOf([], [root])],
    ['without roots', 'untrusted', () => pathOf([leaf, middle], [])],
    ['below another root of the same name', 'untrusted', () => pathOf([leaf, middle], [make('root', { isCa: true })])],
    ['with a gap', 'untrusted', () => pathOf([leaf], [root])],
    ['in another order', 'untrusted', () => pathOf([leaf, root, middle], [root])],
    [
      'where the name of the trusted leaf is worn by another key',
      'untrusted',
      () => pathOf([make('batch')], [make('batch')]),
    ],
    ['when a certificate has expired', 'expired', () => pathOf([leaf, middle], [root], at + 4000 * dayMs)],
    ['before a certificate is valid', 'expired', () => pathOf([leaf, middle], [root], at - 2 * dayMs)],
    [
      'when the root has expired',
      'expired',
      () => {
        const old = make('old', { isCa: true, validFrom: at - 9 * dayMs, validUntil: at - dayMs })
        return pathOf([make('x', { issuer: old })], [old])
      },
    ],
    [
      'where a leaf has issued another certificate',
      'unusable',
      () => pathOf([make('forged', { issuer: limited }), limited], [root]),
    ],
    ['where the trusted leaf has', 'unusable', () => pathOf([make('forged', { issuer: leaf })], [leaf])],
    [
      'where an issuer is bound in a way not understood',
      'unusable',
      () => {
        const bound = make('bound', {
          isCa: true,
          issuer: root,
          extensions: [extension('1.3.6.1.4.1.99999.1', octets(Buffer.of(1)), true)],
        })
        return pathOf([make('x', { issuer: bound }), bound], [root])
      },
    ],
    [
      'where it is longer than an issuer allows',
      'unusable',
      () => {
        const short = makeWithPathLength(0)
        const next = make('next', { isCa: true, issuer: short })
        return pathOf([make('x', { issuer: next }), next, short], [root])
      },
    ],
    [
      'where it goes round in circles',
      'untrusted',
      () => {
        const own = make('own', { isCa: true })
        return pathOf(
          Array.from({ length: 20 }, () => own),
          [root],
        )
      },
    ],
  ]
  for (const [name, code, run] of cases) test(name, () => assert.throws(run, { name: 'CertificatePathError', code }))
})

function makeWithPathLength(length: number): TestCertificate {
  return makeCertificate({
    subject: [['CN', 'short']],
    issuer: root,
    constraints: extension('2.5.29.19', sequence(yes, integer(length)), true),
  })
}
