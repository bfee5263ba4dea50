import type { CborValue } from '../cbor.ts'
import { sha256 } from '../sha256.ts'
import type { SoftwareCredential } from './software-credential.ts'
import { encodeCosePublicKey, signAs } from './software-key.ts'

type Members = [name: string, value: CborValue][]

/** Attested credential data, WebAuthn L3 §6.5.1. */
export function attestedData(credential: SoftwareCredential, aaguid: string): Buffer {
  const id = Buffer.from(credential.id, 'base64url')
  return Buffer.concat([
    Buffer.from(aaguid.replaceAll('-', ''), 'hex'),
    Buffer.of(id.length >> 8, id.length & 0xff),
    id,
    encodeCosePublicKey(credential.privateKey, credential.algorithm),
  ])
}

/** The none format, WebAuthn L3 §8.7. */
export function noAttestation(): Members {
  return [
    ['fmt', 'none'],
    ['attStmt', new Map()],
  ]
}

/** Self attestation in the packed format, WebAuthn L3 §8.2. */
export function selfAttestation(
  credential: SoftwareCredential,
  authenticatorData: Buffer,
  clientDataJSON: Buffer,
): Members {
  const signed = Buffer.concat([authenticatorData, sha256(clientDataJSON)])
  const statement = new Map<string, CborValue>([
    ['alg', credential.algorithm],
    ['sig', signAs(credential.algorithm, credential.privateKey, signed)],
  ])
  return [
    ['fmt', 'packed'],
    ['attStmt', statement],
  ]
}
