import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { sshKeyTypes } from './key-fields.ts'
import { parseSshPublicKey, sshPublicKeyLine } from './public-key.ts'
import { SshError } from './ssh-error.ts'
import { TestSshKey } from './test-ssh-key.ts'
import { mpint, string } from './wire.ts'

const skip = spawnSync('ssh-keygen', ['-?']).error !== undefined && 'ssh-keygen is not installed'
let folder: string
before(() => (folder = mkdtempSync(join(tmpdir(), 'postern-ssh-'))))
after(() => rmSync(folder, { recursive: true, force: true }))

const lineOf = (type: string, ...fields: Buffer[]): string =>
  `${type} ${Buffer.concat([string(type), ...fields]).toString('base64')}`
const refuses = (input: string | Buffer, code: string, message?: RegExp): void =>
  assert.throws(() => parseSshPublicKey(input), { name: 'SshError', code, ...(message && { message }) })

describe('says the same of a key as ssh-keygen', { skip }, () => {
  for (const type of sshKeyTypes)
    test(type, () => {
      const key = new TestSshKey(type, { comment: 'ana at work' })
      const file = join(folder, 'key.pub')
      writeFileSync(file, `${key.line}\n`)
      const printed = execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' }).trim()
      const [bits, fingerprint] = printed.split(' ')
      const parsed = parseSshPublicKey(readFileSync(file, 'utf8'))
      assert.deepEqual(
        [String(parsed.bits), parsed.fingerprint, parsed.type, parsed.comment],
        [bits, fingerprint, type, 'ana at work'],
      )
      assert.deepEqual(parseSshPublicKey(parsed.blob), { ...parsed, comment: '' })
      assert.equal(`${sshPublicKeyLine(parsed)} ana at work`, key.line)
    })

  test('of an RSA key of 3072 bits; one of 2048 is told what helps', () => {
    for (const bits of ['3072', '2048'])
      execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', bits, '-N', '', '-f', join(folder, bits)])
    assert.equal(parseSshPublicKey(readFileSync(join(folder, '3072.pub'), 'utf8')).bits, 3072)
    refuses(readFileSync(join(folder, '2048.pub'), 'utf8'), 'key-weak', /2048 bits, and 3072 are the least/)
    refuses(readFileSync(join(folder, '2048'), 'utf8'), 'private-key', /private key/)
  })
})

describe('refuses', () => {
  const ed25519 = new TestSshKey('ssh-ed25519')
  const [, base64 = ''] = ed25519.line.split(' ')
  const raw = ed25519.publicKey.subarray(-32)
  const ecdsa = new TestSshKey('ecdsa-sha2-nistp256')
  const point = ecdsa.publicKey.subarray(-65)
  const sk = new TestSshKey('sk-ecdsa-sha2-nistp256@openssh.com')
  const skPoint = sk.publicKey.subarray(-65 - 8, -8)
  const offCurve = Buffer.from(point)
  offCurve.writeUInt8(offCurve.readUInt8(64) ^ 1, 64)
  const modulus = Buffer.alloc(384, 0xff)
  const cases: [name: string, line: string, code: string][] = [
    ['nothing', '', 'malformed'],
    ['another line', `${ed25519.line}\n${ed25519.line}`, 'malformed'],
    ['options before the key', `no-pty ${ed25519.line}`, 'malformed'],
    ['a line that says another type', `ssh-rsa ${base64}`, 'malformed'],
    ['a key that is cut off', `ssh-ed25519 ${base64.slice(0, -8)}`, 'malformed'],
    ['base64 with stray bits', `ssh-ed25519 ${base64.slice(0, -1)}=`, 'malformed'],
    ['trailing bytes', lineOf('ssh-ed25519', string(raw), Buffer.of(0)), 'malformed'],
    ['an Ed25519 key of 31 bytes', lineOf('ssh-ed25519', string(raw.subarray(1))), 'malformed'],
    ['a point of small order', lineOf('ssh-ed25519', string(Buffer.alloc(32))), 'key-weak'],
    ['another point of small order', lineOf('ssh-ed25519', string(Buffer.from([1, ...Buffer.alloc(31)]))), 'key-weak'],
    ['another curve', lineOf('ecdsa-sha2-nistp256', string('nistp384'), string(point)), 'key-unsupported'],
    [
      'a compressed point',
      lineOf('ecdsa-sha2-nistp256', string('nistp256'), string(Buffer.concat([Buffer.of(2), point.subarray(1, 33)]))),
      'malformed',
    ],
    ['a point of 64 bytes', lineOf('ecdsa-sha2-nistp256', string('nistp256'), string(point.subarray(1))), 'malformed'],
    ['a point off the curve', lineOf('ecdsa-sha2-nistp256', string('nistp256'), string(offCurve)), 'key-unsupported'],
    [
      'a security key for a web page',
      lineOf(sk.type, string('nistp256'), string(skPoint), string('https://evil.example')),
      'application-mismatch',
    ],
    [
      'a security key for nothing',
      lineOf(sk.type, string('nistp256'), string(skPoint), string('')),
      'application-mismatch',
    ],
    ['a security key without its application', lineOf(sk.type, string('nistp256'), string(skPoint)), 'malformed'],
    [
      'an even modulus',
      lineOf('ssh-rsa', mpint(Buffer.of(1, 0, 1)), mpint(Buffer.concat([modulus.subarray(1), Buffer.of(0xfe)]))),
      'key-weak',
    ],
    ['an exponent of 1', lineOf('ssh-rsa', mpint(Buffer.of(1)), mpint(modulus)), 'key-weak'],
    [
      'a modulus of a megabyte',
      lineOf('ssh-rsa', mpint(Buffer.of(1, 0, 1)), mpint(Buffer.alloc(1 << 20, 0xff))),
      'malformed',
    ],
    [
      'a padded modulus',
      lineOf('ssh-rsa', mpint(Buffer.of(1, 0, 1)), string(Buffer.concat([Buffer.alloc(2), modulus]))),
      'malformed',
    ],
    ['DSA', 'ssh-dss AAAAB3NzaC1kc3M=', 'key-weak'],
    ['a certificate', 'ssh-ed25519-cert-v01@openssh.com AAAA', 'key-unsupported'],
    ['a type of the future', 'ssh-mldsa-65 AAAA', 'key-unsupported'],
    ['a PEM file', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----', 'private-key'],
  ]
  for (const [name, line, code] of cases) test(name, () => refuses(line, code))

  test('anything else only with an SshError, and reads no key in two ways', () => {
    const lines = sshKeyTypes.filter((type) => type !== 'ssh-rsa').map((type) => new TestSshKey(type).publicKey)
    fc.assert(
      fc.property(fc.constantFrom(...lines), fc.nat(200), fc.nat(255), (blob, at, value) => {
        const changed = Buffer.from(blob)
        changed[at % blob.length] = value
        try {
          assert.deepEqual(parseSshPublicKey(changed).blob, changed)
        } catch (error) {
          assert.ok(error instanceof SshError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
