import { Lru } from '../lru.ts'
import { sha256 } from '../sha256.ts'

const hashes = new Lru<string, Buffer>(64)

/** SHA-256 of an RP ID, remembered: a server has one or a few. */
export function rpIdHash(rpId: string): Buffer {
  const known = hashes.get(rpId)
  if (known) return known
  const hash = sha256(rpId)
  hashes.set(rpId, hash)
  return hash
}
