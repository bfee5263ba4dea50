import type { CborValue } from '../cbor.ts'
import type { SoftwareCredential } from './software-credential.ts'
import { encodeCosePublicKey, signAs } from './software-key.ts'

type Members = [name: string, value: CborValue][]

/** What an authenticator has at hand when it attests. */
export interface Made {
  credential: SoftwareCredential
  authenticatorData: Buffer
  clientDataHash: Buffer
}

/** Attests as keys of one model do: with certificates of its maker. */
export interface Attester {
  /** UUID text; all zero for U2F. */
  aaguid: string
  attest(made: Made): Members
}

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
export function selfAttestation({ credential, authenticatorData, clientDataHash }: Made): Members {
  const signed = Buffer.concat([authenticatorData, clientDataHash])
  const statement = new Map<string, CborValue>([
    ['alg', credential.algorithm],
    ['sig', signAs(credential.algorithm, credential.privateKey, signed)],
  ])
  return [
    ['fmt', 'packed'],
    ['attStmt', statement],
  ]
}
