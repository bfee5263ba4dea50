import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { mpint, string } from '../ssh/wire.ts'
import { parseAuthenticationResponse } from '../webauthn/response-json.ts'
import type { Tampering } from '../webauthn/software-client.ts'
import { type SshsigErrorCode, SshsigError, armorSshsig, parseSshsig, sshsigBlob } from './sshsig.ts'
import { type HostileFields, tapOver, testSigner } from './test-signer.ts'
import { sshPublicKey, toSshSignature, verifyWebauthnSshsig } from './webauthn-signature.ts'

const NAMESPACE = 'approval@postern'
const message = Buffer.from('base 1, head 2, tree 3')
const signer = testSigner()
const challenge = sshsigBlob(NAMESPACE, message).toString('base64url')

function refuses(name: string, code: SshsigErrorCode, armored: () => string): void {
  test(`refuses ${name}`, () => {
    assert.throws(() => verifyWebauthnSshsig(armored(), NAMESPACE, message), { name: 'SshsigError', code })
  })
}

const tampered = (tampering: Tampering, fields?: HostileFields) => () =>
  tapOver(signer, NAMESPACE, message, tampering, fields)
const forged = (fields: HostileFields) => tampered({}, fields)
const clientData = (text: string) => tampered({ clientDataJSON: Buffer.from(text) })
const members = `"type":"webauthn.get","challenge":"${challenge}","origin":"${signer.origin}"`

test('says which key tapped, where, and with which flags', () => {
  const verified = verifyWebauthnSshsig(tapOver(signer, NAMESPACE, message, { counter: 7 }), NAMESPACE, message)
  assert.deepEqual(verified, {
    publicKey: signer.publicKey,
    rpId: 'localhost',
    origin: 'http://localhost:7400',
    flags: 0x05,
    counter: 7,
    userPresent: true,
    userVerified: true,
    backupEligible: false,
    backupState: false,
  })
})

test('toSshSignature writes what the verifier reads, also with extensions', () => {
  const extensions = Buffer.from('a16b6372656450726f7465637402', 'hex')
  for (const tampering of [{}, { extensions }, { flags: 0x1d }]) {
    const response = signer.authenticator.get({ rpId: signer.rpId, challenge }, signer.origin, tampering)
    const signature = toSshSignature(parseAuthenticationResponse(response))
    const armored = armorSshsig({ publicKey: signer.publicKey, namespace: NAMESPACE, signature })
    assert.equal(verifyWebauthnSshsig(armored, NAMESPACE, message).rpId, 'localhost')
  }
})

test('toSshSignature refuses a response that stock tools could not verify', () => {
  const response = (tampering: Tampering) =>
    parseAuthenticationResponse(signer.authenticator.get({ rpId: signer.rpId, challenge }, signer.origin, tampering))
  const reordered = Buffer.from(`{"challenge":"${challenge}","type":"webauthn.get","origin":"${signer.origin}"}`)
  assert.throws(() => toSshSignature(response({ clientDataJSON: reordered })), { code: 'client-data-mismatch' })
  assert.throws(() => toSshSignature(response({ flags: 0x45 })), { code: 'flags-invalid' })
  assert.throws(() => toSshSignature(response({ type: 'webauthn.create' })), { code: 'client-data-mismatch' })
  const rsa = { ...response({}), signature: Buffer.alloc(256) }
  assert.throws(() => toSshSignature(rsa), { code: 'malformed' })
})

describe('of another message', () => {
  test('a tap for one message does not serve for another', () => {
    const armored = tapOver(signer, NAMESPACE, Buffer.from('base 1, head 9, tree 3'))
    assert.throws(() => verifyWebauthnSshsig(armored, NAMESPACE, message), { code: 'client-data-mismatch' })
  })

  test('an approval is no merge commit: the namespace is inside the signature', () => {
    const armored = tapOver(signer, NAMESPACE, message)
    assert.throws(() => verifyWebauthnSshsig(armored, 'git', message), { code: 'namespace-mismatch' })
    const renamed = armorSshsig({ ...parseSshsig(armored), namespace: 'git' })
    assert.throws(() => verifyWebauthnSshsig(renamed, 'git', message), { code: 'client-data-mismatch' })
  })

  refuses('a sign-in: its challenge is no message', 'client-data-mismatch', tampered({ challenge: 'c2lnbi1pbg' }))
  refuses('a registration', 'client-data-mismatch', tampered({ type: 'webauthn.create' }))
  refuses('a payment', 'client-data-mismatch', tampered({ type: 'payment.get' }))
})

describe('client data', () => {
  refuses('a framed tap', 'cross-origin', tampered({ crossOrigin: true }))
  refuses('a tap under another top origin', 'cross-origin', tampered({ topOrigin: 'https://evil.example' }))
  refuses('an origin beside the one signed', 'client-data-mismatch', forged({ origin: 'https://git.example' }))
  refuses('an origin that closes its quotes', 'client-data-mismatch', () =>
    tapOver(signer, NAMESPACE, message, {}, { origin: `${signer.origin}","crossOrigin":false,"x":"` }),
  )
  refuses(
    'a second origin further on',
    'client-data-mismatch',
    clientData(`{${members},"origin":"http://evil.example"}`),
  )
  refuses('a second challenge further on', 'client-data-mismatch', clientData(`{${members},"challenge":"AAAA"}`))
  refuses('a second type further on', 'client-data-mismatch', clientData(`{${members},"type":"webauthn.create"}`))
  refuses('members in another order', 'client-data-mismatch', clientData(`{"x":1,${members}}`))
  refuses('an origin that only begins the same', 'client-data-mismatch', clientData(`{${members.slice(0, -1)}.evil"}`))
  refuses('what is not JSON', 'malformed', clientData(`{${members},`))
  refuses('what is not UTF-8', 'malformed', () =>
    tapOver(signer, NAMESPACE, message, {
      clientDataJSON: Buffer.concat([Buffer.from(`{${members},"x":"`), Buffer.of(0xff), Buffer.from('"}')]),
    }),
  )
})

describe('flags and extensions', () => {
  refuses('attested credential data', 'flags-invalid', tampered({ flags: 0x45 }))
  refuses('backed up but not eligible', 'flags-invalid', tampered({ flags: 0x15 }))
  refuses('an extension flag without extensions', 'flags-invalid', tampered({ flags: 0x85 }))
  refuses('extensions without the flag', 'flags-invalid', forged({ extensions: Buffer.from('a0', 'hex') }))
  refuses('extensions that are no map', 'malformed', tampered({ extensions: Buffer.from('01', 'hex') }))
  refuses('bytes after the extensions', 'malformed', tampered({ extensions: Buffer.from('a0a0', 'hex') }))
})

describe('keys and signatures', () => {
  const point = signer.publicKey.subarray(-4 - 'localhost'.length - 65, -4 - 'localhost'.length)
  const key = (type: string, curve: string, q: Buffer, application: string, more = Buffer.alloc(0)) =>
    Buffer.concat([string(type), string(curve), string(q), string(application), more])
  const type = 'sk-ecdsa-sha2-nistp256@openssh.com'

  test('the point is where these attacks look for it', () => {
    assert.deepEqual(key(type, 'nistp256', point, 'localhost'), signer.publicKey)
  })

  refuses("another person's key", 'signature-invalid', forged({ publicKey: testSigner().publicKey }))
  refuses(
    'another RP ID in the key',
    'signature-invalid',
    forged({ publicKey: key(type, 'nistp256', point, 'evil.example') }),
  )
  refuses(
    'a plain key of the same point',
    'key-unsupported',
    forged({ publicKey: key('ecdsa-sha2-nistp256', 'nistp256', point, 'localhost') }),
  )
  refuses('another curve', 'key-unsupported', forged({ publicKey: key(type, 'nistp384', point, 'localhost') }))
  refuses(
    'bytes after the key',
    'malformed',
    forged({ publicKey: key(type, 'nistp256', point, 'localhost', Buffer.of(0)) }),
  )
  refuses(
    'a compressed point',
    'key-unsupported',
    forged({
      publicKey: key(type, 'nistp256', Buffer.concat([Buffer.of(2), point.subarray(1, 33)]), 'localhost'),
    }),
  )
  refuses(
    'a hybrid point',
    'key-unsupported',
    forged({
      publicKey: key(type, 'nistp256', Buffer.concat([Buffer.of(6), point.subarray(1)]), 'localhost'),
    }),
  )
  refuses(
    'a point off the curve',
    'key-unsupported',
    forged({
      publicKey: sshPublicKey({ x: Buffer.alloc(32, 1), y: Buffer.alloc(32, 1) }, 'localhost'),
    }),
  )
  refuses(
    'the point at infinity',
    'key-unsupported',
    forged({
      publicKey: sshPublicKey({ x: Buffer.alloc(32), y: Buffer.alloc(32) }, 'localhost'),
    }),
  )

  refuses('a plain sk signature', 'signature-unsupported', forged({ signatureType: type }))
  refuses('bytes after the signature', 'malformed', forged({ trailing: Buffer.of(0) }))
  refuses(
    'zero as both integers',
    'malformed',
    forged({ integers: Buffer.concat([mpint(Buffer.of(0)), mpint(Buffer.of(0))]) }),
  )
  refuses('a third integer', 'malformed', () => {
    const one = mpint(Buffer.of(1))
    return tapOver(signer, NAMESPACE, message, {}, { integers: Buffer.concat([one, one, one]) })
  })
  refuses(
    'an integer that is padded to look different',
    'malformed',
    forged({
      integers: Buffer.concat([string(Buffer.of(0, 0, 1)), mpint(Buffer.of(1))]),
    }),
  )
  refuses(
    'an integer longer than the curve',
    'malformed',
    forged({
      integers: Buffer.concat([mpint(Buffer.alloc(40, 1)), mpint(Buffer.of(1))]),
    }),
  )
  refuses('the armor in other columns', 'not-canonical', () => {
    const [begin = '', ...rest] = tapOver(signer, NAMESPACE, message).trimEnd().split('\n')
    const base64 = rest.slice(0, -1).join('')
    return [begin, ...(base64.match(/.{1,64}/g) ?? []), rest.at(-1), ''].join('\n')
  })
  refuses('a SHA-256 message digest', 'hash-unsupported', () => {
    const blob = Buffer.from(tapOver(signer, NAMESPACE, message).split('\n').slice(1, -2).join(''), 'base64')
    const other = Buffer.from(blob.toString('latin1').replace('sha512', 'sha256'), 'latin1').toString('base64')
    return `-----BEGIN SSH SIGNATURE-----\n${(other.match(/.{1,70}/g) ?? []).join('\n')}\n-----END SSH SIGNATURE-----\n`
  })
})

test('no changed byte verifies, and every refusal is coded', () => {
  const armored = tapOver(signer, NAMESPACE, message)
  const blob = Buffer.from(armored.split('\n').slice(1, -2).join(''), 'base64')
  fc.assert(
    fc.property(fc.nat(blob.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Buffer.from(blob)
      changed.writeUInt8(changed.readUInt8(at) ^ flip, at)
      const lines = (changed.toString('base64').match(/.{1,70}/g) ?? []).join('\n')
      const text = `-----BEGIN SSH SIGNATURE-----\n${lines}\n-----END SSH SIGNATURE-----\n`
      assert.throws(() => verifyWebauthnSshsig(text, NAMESPACE, message), SshsigError)
    }),
    { numRuns: 400 },
  )
})
