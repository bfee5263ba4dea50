import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { sshKeyTypes } from '../ssh/key-fields.ts'
import { TestSshKey } from '../ssh/test-ssh-key.ts'
import { armorSshsig, SshsigError, sshsigBlob, sshsigMessage } from './sshsig.ts'
import { splitTagSignature } from './tag-signature.ts'
import { verifySshsig } from './verify-sshsig.ts'

const message = Buffer.from('what is signed\n')
const signed = (key: TestSshKey, namespace = 'git'): string =>
  armorSshsig({ publicKey: key.publicKey, namespace, signature: key.sign(sshsigBlob(namespace, message)) })

describe('a signature of a file', () => {
  for (const type of sshKeyTypes)
    test(`by ${type} says which key made it, and what was done to it`, () => {
      const key = new TestSshKey(type)
      key.verification = true
      const verified = verifySshsig(signed(key), 'git', message)
      assert.equal(verified.fingerprint, key.fingerprint)
      assert.equal(verified.type, type)
      assert.deepEqual(
        verified.touch,
        type.startsWith('sk-') ? { userPresence: true, userVerification: true, counter: 1 } : null,
      )
    })

  test('by a security key that nobody touched is told as that, for others to judge', () => {
    const key = new TestSshKey('sk-ssh-ed25519@openssh.com')
    key.presence = false
    assert.equal(verifySshsig(signed(key), 'git', message).touch?.userPresence, false)
  })

  test('is refused for another namespace, message or key, with other bytes, and where RSA signed with SHA-1', () => {
    const key = new TestSshKey('ssh-ed25519')
    const armored = signed(key)
    const by = (name: string) => ({ name: 'SshsigError', code: name })
    assert.throws(() => verifySshsig(signed(key, 'file'), 'git', message), by('namespace-mismatch'))
    assert.throws(() => verifySshsig(armored, 'file', message), by('namespace-mismatch'))
    assert.throws(() => verifySshsig(armored, 'git', Buffer.from('another')), by('signature-invalid'))
    const claimed = new TestSshKey('ssh-ed25519')
    const foreign = { publicKey: claimed.publicKey, namespace: 'git', signature: key.sign(sshsigBlob('git', message)) }
    assert.throws(() => verifySshsig(armorSshsig(foreign), 'git', message), by('signature-invalid'))
    const more = Buffer.concat([key.sign(sshsigBlob('git', message)), Buffer.of(0)])
    const trailing = armorSshsig({ publicKey: key.publicKey, namespace: 'git', signature: more })
    assert.throws(() => verifySshsig(trailing, 'git', message), by('malformed'))
    const rsa = new TestSshKey('ssh-rsa')
    const old = rsa.sign(sshsigBlob('git', message), 'ssh-rsa')
    const sha1 = armorSshsig({ publicKey: rsa.publicKey, namespace: 'git', signature: old })
    assert.throws(() => verifySshsig(sha1, 'git', message), by('signature-unsupported'))
  })

  test('fails in one way, whatever the key and the signature are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (publicKey, signature) => {
        assert.throws(
          () => verifySshsig(armorSshsig({ publicKey, namespace: 'git', signature }), 'git', message),
          SshsigError,
        )
      }),
    )
  })

  test('made by ssh-keygen is understood, with either digest', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sshsig-'))
    try {
      writeFileSync(join(folder, 'message'), message)
      for (const [type, ...more] of [['ed25519'], ['ecdsa', '-b', '521'], ['rsa', '-b', '3072']] as const) {
        const file = join(folder, type)
        execFileSync('ssh-keygen', ['-q', '-N', '', '-t', type, ...more, '-f', file])
        for (const hash of ['sha256', 'sha512']) {
          const options = ['-Y', 'sign', '-q', '-n', 'git', '-O', `hashalg=${hash}`, '-f', file]
          const armored = execFileSync('ssh-keygen', options, { input: message, encoding: 'utf8' })
          const { fingerprint } = verifySshsig(armored, 'git', message)
          assert.ok(execFileSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' }).includes(fingerprint))
        }
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('names the digest that was signed', () => {
    const short = sshsigMessage({ namespace: 'git', hash: 'sha256' }, message)
    assert.ok(short.includes('sha256') && !short.equals(sshsigBlob('git', message)))
  })
})

test('a tag is split at its last signature, as git does', () => {
  const text = 'object 1\ntype commit\ntag v1\n\nSays -----BEGIN SSH SIGNATURE----- in a line\n'
  const one = '-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----\n'
  const two = '-----BEGIN SSH SIGNATURE-----\nx\n-----END SSH SIGNATURE-----\n'
  assert.equal(splitTagSignature(Buffer.from(text)), undefined)
  assert.deepEqual(splitTagSignature(Buffer.from(text + one + two)), { payload: Buffer.from(text + one), armored: two })
  // To git a line begins after a line feed alone, and begins a signature whatever else stands in it.
  assert.equal(splitTagSignature(Buffer.from(`${text}Quoted\r${two}`)), undefined)
  const three = two.replace('\n', ' by nobody\n')
  assert.deepEqual(splitTagSignature(Buffer.from(text + two + three)), {
    payload: Buffer.from(text + two),
    armored: three,
  })
})
