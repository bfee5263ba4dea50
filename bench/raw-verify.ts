import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'

/** The limit of all that verifies a tap: one ES256 verification by node:crypto, its key parsed once. */
export function createRawVerify(): () => void {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = createPublicKey(publicKey.export({ format: 'pem', type: 'spki' }))
  // As long as what an authenticator signs: its data and a hash.
  const message = Buffer.concat([Buffer.alloc(37, 5), createHash('sha256').update('client data').digest()])
  const signature = sign('sha256', message, privateKey)
  return () => {
    if (!verify('sha256', message, key, signature)) throw new Error('a good signature was refused')
  }
}
