import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { armorSshsig, sshsigBlob } from '../sshsig/sshsig.ts'
import { verifySshsig } from '../sshsig/verify-sshsig.ts'
import { sshKeyTypes } from './key-fields.ts'
import { SshError } from './ssh-error.ts'
import { TestSshKey } from './test-ssh-key.ts'
import { verifySshLogin } from './verify-login.ts'
import { string, u32 } from './wire.ts'

const signedBytes = Buffer.from('the session and the request')
const origin = 'http://localhost:7400'
const nameOf = ({ type }: TestSshKey): string => (type === 'ssh-rsa' ? 'rsa-sha2-512' : type)

const login = (key: TestSshKey, wish: Partial<Parameters<typeof verifySshLogin>[0]> = {}) =>
  verifySshLogin({
    algorithm: nameOf(key),
    keyBlob: key.publicKey,
    signature: key.sign(signedBytes),
    signedBytes,
    ...wish,
  })
const refuses = (attempt: () => unknown, code: string): void => assert.throws(attempt, { name: 'SshError', code })

const keys = new Map(sshKeyTypes.map((type) => [type, new TestSshKey(type)]))
const keyOf = (type: (typeof sshKeyTypes)[number]): TestSshKey => {
  const key = keys.get(type)
  assert.ok(key)
  return key
}
const ed25519 = keyOf('ssh-ed25519')
const skEd25519 = keyOf('sk-ssh-ed25519@openssh.com')
const skEcdsa = keyOf('sk-ecdsa-sha2-nistp256@openssh.com')

/** A passkey of this place, as a browser would have it sign. */
function passkey(application = 'localhost'): TestSshKey {
  const key = new TestSshKey('sk-ecdsa-sha2-nistp256@openssh.com', { application })
  key.origin = origin
  key.verification = true
  return key
}

describe('lets in', () => {
  for (const [type, key] of keys)
    test(type, () => {
      const proven = login(key)
      const touch = { userPresence: true, userVerification: false, counter: key.counter }
      assert.deepEqual(proven, {
        publicKey: key.publicKey,
        fingerprint: key.fingerprint,
        type,
        touch: type.startsWith('sk-') ? touch : null,
        certificate: null,
      })
    })

  test('a security key that says whether it asked for its PIN', () => {
    skEd25519.verification = true
    assert.equal(login(skEd25519).touch?.userVerification, true)
    skEd25519.verification = false
    assert.equal(login(skEd25519).touch?.userVerification, false)
  })

  test('RSA with either SHA-2', () => {
    const key = keyOf('ssh-rsa')
    for (const algorithm of ['rsa-sha2-256', 'rsa-sha2-512'])
      login(key, { algorithm, signature: key.sign(signedBytes, algorithm) })
  })

  test('a passkey that signed in a browser at one of our origins', () => {
    const { touch } = login(passkey(), { origins: [origin] })
    assert.deepEqual(touch, { userPresence: true, userVerification: true, counter: 1 })
  })
})

describe('refuses', () => {
  test('another message', () => {
    for (const key of keys.values())
      refuses(() => login(key, { signedBytes: Buffer.from('another request') }), 'signature-invalid')
  })

  test('another key’s signature', () => {
    for (const [type, key] of keys)
      refuses(() => login(key, { keyBlob: new TestSshKey(type).publicKey }), 'signature-invalid')
  })

  test('a security key that nobody touched, with and without its PIN', () => {
    for (const key of [skEd25519, skEcdsa])
      for (const verification of [false, true]) {
        Object.assign(key, { presence: false, verification })
        refuses(() => login(key), 'presence-missing')
        Object.assign(key, { presence: true, verification: false })
      }
  })

  test('flags that were set after the signature', () => {
    const signature = skEd25519.sign(signedBytes)
    signature.writeUInt8(0x05, signature.length - 5)
    refuses(() => login(skEd25519, { signature }), 'signature-invalid')
  })

  test('a counter that was raised after the signature', () => {
    const signature = skEcdsa.sign(signedBytes)
    signature.writeUInt32BE(9999, signature.length - 4)
    refuses(() => login(skEcdsa, { signature }), 'signature-invalid')
  })

  test('bytes after the signature, of every kind', () => {
    for (const key of keys.values())
      refuses(() => login(key, { signature: Buffer.concat([key.sign(signedBytes), Buffer.of(0)]) }), 'malformed')
  })

  test('a signature that ends too soon', () => {
    for (const key of keys.values())
      refuses(() => login(key, { signature: key.sign(signedBytes).subarray(0, -1) }), 'malformed')
  })

  test('SHA-1', () => {
    const key = keyOf('ssh-rsa')
    const signature = key.sign(signedBytes, 'ssh-rsa')
    for (const algorithm of ['ssh-rsa', 'rsa-sha2-256'])
      refuses(
        () => login(key, { algorithm, signature }),
        algorithm === 'ssh-rsa' ? 'algorithm-mismatch' : 'signature-unsupported',
      )
  })

  test('another algorithm than was named', () => {
    const key = keyOf('ssh-rsa')
    refuses(() => login(key, { algorithm: 'rsa-sha2-256' }), 'algorithm-mismatch')
    refuses(() => login(ed25519, { algorithm: 'ecdsa-sha2-nistp256' }), 'algorithm-mismatch')
  })

  test('a plain signature for a security key, which would leave its touch out', () => {
    const inner = string('ssh-ed25519')
    const signature = Buffer.concat([inner, string(Buffer.alloc(64))])
    refuses(() => login(skEd25519, { signature }), 'signature-unsupported')
  })

  test('a passkey where none may sign, from another origin, without its PIN, or for another place', () => {
    refuses(() => login(passkey()), 'origin-unknown')
    refuses(() => login(passkey(), { origins: ['http://localhost:9999'] }), 'origin-unknown')
    const withoutPin = passkey()
    withoutPin.verification = false
    refuses(() => login(withoutPin, { origins: [origin] }), 'verification-missing')
    const untouched = passkey()
    untouched.presence = false
    refuses(() => login(untouched, { origins: [origin] }), 'presence-missing')
  })

  test('a passkey’s signature that names the origin twice', () => {
    const key = passkey()
    const signature = key.sign(signedBytes)
    const told = Buffer.from(signature.toString('latin1').replace(origin, 'http://localhost:9999'), 'latin1')
    refuses(() => login(key, { signature: told, origins: ['http://localhost:9999'] }), 'client-data-mismatch')
  })

  test('a key for SSH that signs as a passkey does not pass for one, nor the other way about', () => {
    const browserless = passkey()
    browserless.origin = null
    refuses(() => login(browserless, { origins: [origin] }), 'application-mismatch')
  })

  test('a number in another spelling', () => {
    const key = keyOf('ecdsa-sha2-nistp256')
    const padded = Buffer.concat([
      string(Buffer.concat([Buffer.of(0, 0), Buffer.alloc(31, 1)])),
      string(Buffer.alloc(32, 1)),
    ])
    refuses(() => login(key, { signature: Buffer.concat([string(key.type), string(padded)]) }), 'malformed')
  })

  test('anything else only with an SshError', () => {
    const whole = [...keys.values()].map((key) => ({ key, signature: key.sign(signedBytes) }))
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        ({ key, signature }, at, by) => {
          const changed = Buffer.from(signature)
          const index = at % changed.length
          changed[index] = (changed[index] ?? 0) ^ by
          assert.throws(() => login(key, { signature: changed }), SshError)
        },
      ),
      { numRuns: 300 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.string(), (raw, algorithm) => {
        const keyBlob = Buffer.from(raw)
        assert.throws(() => verifySshLogin({ algorithm, keyBlob, signature: keyBlob, signedBytes }), SshError)
        assert.throws(() => login(ed25519, { signature: Buffer.concat([u32(raw.length), keyBlob]) }), SshError)
      }),
    )
  })
})

describe(
  'agrees with ssh-keygen',
  { skip: spawnSync('ssh-keygen', ['-?']).error && 'ssh-keygen is not installed' },
  () => {
    let folder: string
    before(() => (folder = mkdtempSync(join(tmpdir(), 'postern-login-'))))
    after(() => rmSync(folder, { recursive: true, force: true }))
    const message = Buffer.from('a file\n')
    const accepts = (key: TestSshKey, armored: string): boolean => {
      writeFileSync(join(folder, 'allowed'), `ana ${key.line}\n`)
      writeFileSync(join(folder, 'sig'), armored)
      const args = ['-Y', 'verify', '-f', join(folder, 'allowed'), '-I', 'ana', '-n', 'file', '-s', join(folder, 'sig')]
      return spawnSync('ssh-keygen', args, { input: message }).status === 0
    }

    for (const [type, key] of keys)
      test(`about our signature of ${type}`, () => {
        const blob = sshsigBlob('file', message)
        const sign = (over: Buffer): string =>
          armorSshsig({ publicKey: key.publicKey, namespace: 'file', signature: key.sign(over) })
        assert.equal(accepts(key, sign(blob)), true)
        assert.equal(verifySshsig(sign(blob), 'file', message).fingerprint, key.fingerprint)
        const other = sign(Buffer.from('another'))
        assert.equal(accepts(key, other), false)
        assert.throws(() => verifySshsig(other, 'file', message), { code: 'signature-invalid' })
      })

    for (const [type, bits] of [
      ['ed25519', '256'],
      ['ecdsa', '384'],
      ['ecdsa', '521'],
      ['rsa', '3072'],
    ] as const)
      test(`about its own of ${type} ${bits}`, () => {
        const file = join(folder, `${type}${bits}`)
        execFileSync('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-f', file])
        const armored = execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'file', '-f', file], {
          input: message,
          stdio: ['pipe', 'pipe', 'pipe'],
        })
        const printed = execFileSync('ssh-keygen', ['-lf', `${file}.pub`], { encoding: 'utf8' }).split(' ')[1]
        assert.equal(verifySshsig(armored.toString(), 'file', message).fingerprint, printed)
      })
  },
)
