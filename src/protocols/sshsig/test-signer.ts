import { randomBytes } from 'node:crypto'
import { parseAttestationObject } from '../webauthn/attestation-object.ts'
import { parseAuthenticatorData } from '../webauthn/authenticator-data.ts'
import { parseCoseKey } from '../webauthn/cose.ts'
import { parseAuthenticationResponse, parseRegistrationResponse } from '../webauthn/response-json.ts'
import { SoftwareAuthenticator } from '../webauthn/software-authenticator.ts'
import type { Tampering } from '../webauthn/software-client.ts'
import { fingerprint } from './fingerprint.ts'
import { mpint, string } from '../ssh/wire.ts'
import { splitEcdsaDer } from './ecdsa-der.ts'
import { armorSshsig, sshsigBlob } from './sshsig.ts'
import { sshPublicKey } from './webauthn-signature.ts'

export interface TestSigner {
  authenticator: SoftwareAuthenticator
  rpId: string
  origin: string
  publicKey: Buffer
  publicKeyLine: string
  fingerprint: string
}

/** A software credential with its OpenSSH public key, for tests. */
export function testSigner(rpId = 'localhost', origin = 'http://localhost:7400'): TestSigner {
  const authenticator = new SoftwareAuthenticator()
  const created = authenticator.create(
    {
      rp: { id: rpId, name: 'Postern' },
      user: { id: randomBytes(32).toString('base64url'), name: 'ada', displayName: 'Ada' },
      challenge: randomBytes(32).toString('base64url'),
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
    },
    origin,
  )
  const { authenticatorData } = parseAttestationObject(parseRegistrationResponse(created).attestationObject)
  const attested = parseAuthenticatorData(authenticatorData).attested
  const p256 = attested && parseCoseKey(attested.coseKey).p256
  if (!p256) throw new Error('the software authenticator made no ES256 credential')
  const publicKey = sshPublicKey(p256, rpId)
  return {
    authenticator,
    rpId,
    origin,
    publicKey,
    publicKeyLine: `sk-ecdsa-sha2-nistp256@openssh.com ${publicKey.toString('base64')}`,
    fingerprint: fingerprint(publicKey),
  }
}

/** What a hostile signer writes in place of the honest fields. */
export interface HostileFields {
  publicKey?: Buffer
  signatureType?: string
  /** The two integers, encoded. */
  integers?: Buffer
  origin?: string
  extensions?: Buffer
  trailing?: Buffer
}

/** The armored signature of one tap over a message, put together without any of the checks of toSshSignature. */
export function tapOver(
  signer: TestSigner,
  namespace: string,
  message: Buffer,
  tampering: Tampering = {},
  fields: HostileFields = {},
): string {
  const challenge = sshsigBlob(namespace, message).toString('base64url')
  const tap = parseAuthenticationResponse(
    signer.authenticator.get({ rpId: signer.rpId, challenge }, signer.origin, tampering),
  )
  const { r, s } = splitEcdsaDer(tap.signature)
  const signature = Buffer.concat([
    string(fields.signatureType ?? 'webauthn-sk-ecdsa-sha2-nistp256@openssh.com'),
    string(fields.integers ?? Buffer.concat([mpint(r), mpint(s)])),
    tap.authenticatorData.subarray(32, 37),
    string(fields.origin ?? tampering.origin ?? signer.origin),
    string(tap.clientDataJSON),
    string(fields.extensions ?? tap.authenticatorData.subarray(37)),
    fields.trailing ?? Buffer.alloc(0),
  ])
  return armorSshsig({ publicKey: fields.publicKey ?? signer.publicKey, namespace, signature })
}
