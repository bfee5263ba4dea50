import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, sign } from 'node:crypto'
import { PAYLOAD_TYPE, preAuthEncoding } from '../seals/format/dsse.ts'
import { renderCanonical } from '../seals/format/strict-json.ts'
import type { Secrets } from './secrets.ts'

export interface SigningKey {
  /** SHA-256 of the public key's SPKI, hex. */
  keyId: string
  publicKeyPem: string
  /** A DSSE v1 envelope over an in-toto statement, Ed25519. */
  signStatement(payload: Buffer): string
}

/** A key of the instance's own for one use. What it signs is the server's word, unlike a seal, which no server can make. */
export async function loadSigningKey(
  secrets: Pick<Secrets, 'getOrCreate'>,
  use: 'source-attestations' | 'access-ends',
): Promise<SigningKey> {
  const pem = await secrets.getOrCreate(use, () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  )
  const privateKey = createPrivateKey(pem)
  const publicKey = createPublicKey(privateKey)
  const keyId = hash('sha256', publicKey.export({ type: 'spki', format: 'der' }), 'hex')
  return {
    keyId,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }),
    signStatement: (payload) =>
      renderCanonical({
        payload: payload.toString('base64'),
        payloadType: PAYLOAD_TYPE,
        signatures: [{ keyid: keyId, sig: sign(null, preAuthEncoding(payload), privateKey).toString('base64') }],
      }).toString(),
  }
}
