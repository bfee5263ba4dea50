import { parseCoseKey } from '../webauthn/cose.ts'
import { fingerprint } from './fingerprint.ts'
import { sshPublicKey } from './webauthn-signature.ts'

/**
 * `SHA256:…` of a credential's public key: of its OpenSSH form where it has one, so that `ssh-keygen -l` prints the
 * same, else of its COSE bytes.
 */
export function coseFingerprint(cose: Buffer, rpId: string): string {
  const { p256 } = parseCoseKey(cose)
  return fingerprint(p256 === undefined ? cose : sshPublicKey(p256, rpId))
}
