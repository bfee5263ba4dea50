import * as crypto from 'node:crypto'

// The offline verifier also runs on Node releases that do not have the one-shot hash yet.
const oneShot = (crypto as { hash?: typeof crypto.hash }).hash

/** SHA-256 in one call, without building a hash object where the runtime allows it. */
export function sha256(bytes: Uint8Array | string): Buffer {
  return oneShot ? oneShot('sha256', bytes, 'buffer') : crypto.createHash('sha256').update(bytes).digest()
}
