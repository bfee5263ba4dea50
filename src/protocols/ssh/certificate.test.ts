import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { parseSshCertificate } from './certificate.ts'
import { sshKeyTypes } from './key-fields.ts'
import { parseSshPublicKey } from './public-key.ts'
import { SshError } from './ssh-error.ts'
import { TestSshKey } from './test-ssh-key.ts'
import { type CertificateUse, verifySshCertificate } from './verify-certificate.ts'
import { verifySshLogin } from './verify-login.ts'
import { string, u32, u64, WireReader } from './wire.ts'

const authority = new TestSshKey('ssh-ed25519')
const now = Date.UTC(2026, 5, 1)
const seconds = BigInt(now / 1000)
const use: CertificateUse = {
  authorities: [authority.publicKey],
  principal: 'ana',
  address: '192.0.2.7',
  userVerification: false,
  now,
}
const option = (name: string, value?: string): Buffer =>
  Buffer.concat([string(name), string(value === undefined ? '' : string(value))])

/** A certificate over a key, honest but for what is given. */
function certify(
  key: TestSshKey,
  wish: {
    kind?: number
    principals?: string[]
    after?: bigint
    before?: bigint
    critical?: Buffer[]
    by?: TestSshKey
    trailing?: Buffer
  } = {},
): Buffer {
  const { kind = 1, principals = ['ana', 'git'], by = authority } = wish
  const reader = new WireReader(key.publicKey)
  const type = reader.text().replace(/@openssh\.com$/, '')
  const body = Buffer.concat([
    string(`${type}-cert-v01@openssh.com`),
    string(Buffer.alloc(32, 7)),
    reader.rest(),
    u64(42n),
    u32(kind),
    string('ana@here'),
    string(Buffer.concat(principals.map((one) => string(one)))),
    u64(wish.after ?? seconds - 60n),
    u64(wish.before ?? seconds + 3600n),
    string(Buffer.concat(wish.critical ?? [])),
    string(''),
    string(''),
    string(by.publicKey),
  ])
  return Buffer.concat([body, string(by.sign(body)), wish.trailing ?? Buffer.alloc(0)])
}

const verify = (certificate: Buffer, wish: Partial<CertificateUse> = {}): void =>
  verifySshCertificate(parseSshCertificate(certificate), { ...use, ...wish })
const refuses = (attempt: () => unknown, code: string): void => assert.throws(attempt, { name: 'SshError', code })
const key = new TestSshKey('ssh-ed25519')

describe('a certificate over', () => {
  for (const type of sshKeyTypes)
    test(`${type} is read, verified, and its key proven by a login`, () => {
      const subject = new TestSshKey(type)
      const certificate = certify(subject)
      const parsed = parseSshCertificate(certificate)
      assert.deepEqual(parsed.subject, parseSshPublicKey(subject.publicKey))
      assert.deepEqual([parsed.serial, parsed.keyId, parsed.principals], [42n, 'ana@here', ['ana', 'git']])
      verify(certificate)
      const named = type === 'ssh-rsa' ? 'rsa-sha2-512' : type.replace(/@openssh\.com$/, '')
      const signedBytes = Buffer.from('the request')
      const proven = verifySshLogin({
        algorithm: `${named}-cert-v01@openssh.com`,
        keyBlob: certificate,
        signature: subject.sign(signedBytes),
        signedBytes,
      })
      assert.equal(proven.fingerprint, subject.fingerprint)
      assert.equal(proven.type, type)
      assert.ok(proven.certificate?.equals(certificate))
    })
})

describe('lets in no', () => {
  const forged = new TestSshKey('ssh-ed25519')
  const cases: [name: string, code: string, certificate: Buffer, wish?: Partial<CertificateUse>][] = [
    ['certificate of another authority', 'certificate-authority', certify(key, { by: forged })],
    ['certificate that has expired', 'certificate-expired', certify(key, { before: seconds })],
    ['certificate that is not valid yet', 'certificate-not-yet', certify(key, { after: seconds + 1n })],
    ['certificate for somebody else', 'certificate-principal', certify(key, { principals: ['ben'] })],
    ['certificate for nobody, which would be anybody’s', 'certificate-principal', certify(key, { principals: [] })],
    ['certificate of a host', 'certificate-kind', certify(key, { kind: 2 })],
    ['unknown critical option', 'certificate-option', certify(key, { critical: [option('from-the-future')] })],
    ['forced command', 'certificate-option', certify(key, { critical: [option('force-command', 'true')] })],
    ['key without its PIN', 'verification-missing', certify(key, { critical: [option('verify-required')] })],
    [
      'other network',
      'certificate-address',
      certify(key, { critical: [option('source-address', '10.0.0.0/8,2001:db8::/32')] }),
    ],
    [
      'network that cannot be read',
      'certificate-address',
      certify(key, { critical: [option('source-address', 'anywhere')] }),
    ],
    [
      'prefix longer than an address',
      'certificate-address',
      certify(key, { critical: [option('source-address', '192.0.2.7/99')] }),
    ],
    [
      'address that cannot be read',
      'certificate-address',
      certify(key, { critical: [option('source-address', '0.0.0.0/0')] }),
      { address: 'unknown' },
    ],
  ]
  for (const [name, code, certificate, wish] of cases) test(name, () => refuses(() => verify(certificate, wish), code))

  test('certificate whose bytes were changed', () => {
    const certificate = certify(key)
    const changed = Buffer.from(certificate.toString('latin1').replace('ana@here', 'eve@here'), 'latin1')
    refuses(() => verify(changed), 'certificate-signature')
  })

  test('authority of another type than Ed25519', () => {
    const rsa = new TestSshKey('ssh-rsa')
    refuses(() => verify(certify(key, { by: rsa }), { authorities: [rsa.publicKey] }), 'certificate-authority')
    const sk = new TestSshKey('sk-ssh-ed25519@openssh.com')
    refuses(() => verify(certify(key, { by: sk }), { authorities: [sk.publicKey] }), 'certificate-authority')
  })
})

test('a critical option that is met lets in', () => {
  const critical = [option('source-address', '192.0.2.0/24,2001:db8::/32'), option('verify-required')]
  for (const address of ['192.0.2.200', '::ffff:192.0.2.9', '2001:db8::7'])
    verify(certify(key, { critical }), { address, userVerification: true })
})

test('valid for ever is valid', () => verify(certify(key, { after: 0n, before: 2n ** 64n - 1n })))

describe('cannot be read', () => {
  const cases: [name: string, certificate: Buffer, code: string][] = [
    ['bytes after it', certify(key, { trailing: Buffer.of(0) }), 'malformed'],
    ['options twice', certify(key, { critical: [option('a'), option('a')] }), 'malformed'],
    ['options out of order', certify(key, { critical: [option('b'), option('a')] }), 'malformed'],
    ['neither of a user nor of a host', certify(key, { kind: 3 }), 'malformed'],
    ['a plain key', key.publicKey, 'key-unsupported'],
    ['nothing', Buffer.alloc(0), 'malformed'],
  ]
  for (const [name, certificate, code] of cases) test(name, () => refuses(() => parseSshCertificate(certificate), code))

  test('anything else, only with an SshError', () => {
    const certificate = certify(key)
    fc.assert(
      fc.property(fc.nat(certificate.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(certificate)
        changed[at] = (changed[at] ?? 0) ^ by
        assert.throws(() => verify(changed), SshError)
      }),
      { numRuns: 300 },
    )
  })
})

test(
  'reads what ssh-keygen certifies',
  { skip: spawnSync('ssh-keygen', ['-?']).error && 'ssh-keygen is not installed' },
  (context: TestContext) => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-cert-'))
    context.after(() => rmSync(folder, { recursive: true, force: true }))
    const file = (name: string): string => join(folder, name)
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file('ca')])
    for (const type of sshKeyTypes) {
      const subject = new TestSshKey(type)
      writeFileSync(file('key.pub'), `${subject.line}\n`)
      const options = ['-O', 'clear', '-O', 'source-address=192.0.2.0/24', '-O', 'verify-required', '-O', 'permit-pty']
      execFileSync('ssh-keygen', [
        '-q',
        '-s',
        file('ca'),
        '-I',
        'ana@here',
        '-n',
        'ana,git',
        '-z',
        '7',
        '-V',
        '-1m:+1h',
        ...options,
        file('key.pub'),
      ])
      const [, base64 = ''] = readFileSync(file('key-cert.pub'), 'utf8').split(' ')
      const certificate = Buffer.from(base64, 'base64')
      const parsed = parseSshCertificate(certificate)
      assert.deepEqual([parsed.serial, parsed.keyId, parsed.principals], [7n, 'ana@here', ['ana', 'git']])
      assert.deepEqual(
        [...parsed.criticalOptions],
        [
          ['source-address', '192.0.2.0/24'],
          ['verify-required', ''],
        ],
      )
      assert.deepEqual([...parsed.extensions.keys()], ['permit-pty'])
      const { blob } = parseSshPublicKey(readFileSync(file('ca.pub'), 'utf8'))
      verify(certificate, { authorities: [blob], now: Date.now(), userVerification: true })
    }
  },
)
