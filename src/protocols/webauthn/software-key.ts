import { type KeyObject, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { encodeCbor } from '../cbor-encode.ts'
import { type CoseAlgorithm, EDDSA, ES256, RS256 } from './cose.ts'

/** A new private key for a COSE algorithm. */
export function generatePrivateKey(algorithm: CoseAlgorithm): KeyObject {
  switch (algorithm) {
    case ES256:
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    case EDDSA:
      return generateKeyPairSync('ed25519').privateKey
    case RS256:
      return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  }
}

/** The public half as COSE bytes (WebAuthn L3 §6.5.1.1). */
export function encodeCosePublicKey(privateKey: KeyObject, algorithm: CoseAlgorithm): Buffer {
  const { x = '', y = '', n = '', e = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  const bytes = (text: string) => Buffer.from(text, 'base64url')
  const members: Record<CoseAlgorithm, [number, number | Buffer][]> = {
    [ES256]: [
      [1, 2],
      [3, ES256],
      [-1, 1],
      [-2, bytes(x)],
      [-3, bytes(y)],
    ],
    [EDDSA]: [
      [1, 1],
      [3, EDDSA],
      [-1, 6],
      [-2, bytes(x)],
    ],
    [RS256]: [
      [1, 3],
      [3, RS256],
      [-1, bytes(n)],
      [-2, bytes(e)],
    ],
  }
  return encodeCbor(new Map(members[algorithm]))
}

/** Signs as WebAuthn wants it: ECDSA in DER, the others as they are (WebAuthn L3 §6.5.5). */
export function signAs(algorithm: CoseAlgorithm, privateKey: KeyObject, message: Buffer): Buffer {
  return sign(algorithm === EDDSA ? null : 'sha256', message, privateKey)
}
