import * as crypto from 'node:crypto'

// The offline verifier also runs on Node releases that do not have the one-shot hash yet.
const oneShot = (crypto as { hash?: typeof crypto.hash }).hash

/** A digest in one call, without building a hash object where the runtime allows it. */
export function digest(algorithm: 'sha1' | 'sha256' | 'sha512', bytes: Uint8Array | string): Buffer {
  return oneShot ? oneShot(algorithm, bytes, 'buffer') : crypto.createHash(algorithm).update(bytes).digest()
}
