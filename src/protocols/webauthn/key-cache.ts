import { Lru } from '../lru.ts'
import { type CoseKey, parseCoseKey } from './cose.ts'

// A key in memory takes about 2 KB.
const MAX_KEYS = 4096

const keys = new Lru<string, { publicKey: Buffer; key: CoseKey }>(MAX_KEYS)

/**
 * The parsed key of a credential. What is cached for the id serves only while the stored public key is the same, byte
 * for byte: the id alone is chosen by whoever registers it. Throws WebauthnError like parseCoseKey.
 */
export function credentialKey(credential: { id: string; publicKey: Buffer }): CoseKey {
  const cached = keys.get(credential.id)
  if (cached?.publicKey.equals(credential.publicKey)) return cached.key
  const publicKey = Buffer.from(credential.publicKey)
  const key = parseCoseKey(publicKey)
  keys.set(credential.id, { publicKey, key })
  return key
}
