import { sha256 } from '../sha256.ts'

/** A public key blob's fingerprint as OpenSSH prints it: `SHA256:` and base64 without padding. */
export function fingerprint(keyBlob: Uint8Array): string {
  return `SHA256:${sha256(keyBlob).toString('base64').replace(/=+$/, '')}`
}
