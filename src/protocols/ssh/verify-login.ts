import { fingerprint } from '../sshsig/fingerprint.ts'
import { isCertificateType, parseSshCertificate, plainType } from './certificate.ts'
import { readPublicKey } from './public-key.ts'
import { SshError } from './ssh-error.ts'
import { type SkFlags, verifySshSignature } from './verify-signature.ts'

/** What a login proves: this key, and that somebody touched it where it is a security key. */
export interface ProvenLogin {
  /** In wire form, RFC 4253 §6.6; of a certificate, the key it is about. */
  publicKey: Buffer
  /** `SHA256:…` of `publicKey`. */
  fingerprint: string
  /** Of `publicKey`. */
  type: string
  /** Null for a key that lies in a file. */
  touch: SkFlags | null
  /** The whole certificate as it was shown; null for a plain key. Its own signature is not checked here. */
  certificate: Buffer | null
}

/** The key itself signed that nobody touched it. */
export class UntouchedKeyError extends SshError {
  readonly login: ProvenLogin

  constructor(login: ProvenLogin) {
    super('presence-missing', 'nobody touched the security key when it signed')
    this.login = login
  }
}

/** What a key over SSH is about, before anybody signed with it. Throws SshError. */
export function readLoginKey(
  algorithm: string,
  keyBlob: Buffer,
): Pick<ProvenLogin, 'publicKey' | 'fingerprint' | 'type' | 'certificate'> {
  const isCertificate = isCertificateType(algorithm)
  const { blob: publicKey, type } = isCertificate ? parseSshCertificate(keyBlob).subject : readPublicKey(keyBlob)
  if (!algorithmsOf(type).includes(plainType(algorithm)))
    throw new SshError('algorithm-mismatch', 'this key and the algorithm named for it do not belong together')
  return { publicKey, fingerprint: fingerprint(publicKey), type, certificate: isCertificate ? keyBlob : null }
}

/**
 * Verifies the signature of a public key login (RFC 4252 §7). A security key that nobody touched is refused; so is a
 * passkey's signature that was made elsewhere than in a browser at one of our origins, or without PIN or fingerprint.
 * Throws SshError; UntouchedKeyError where only the touch is missing.
 */
export function verifySshLogin({
  algorithm,
  keyBlob,
  signature,
  signedBytes,
  origins = [],
}: {
  /** As the request names it, `…-cert-v01@openssh.com` for a certificate. */
  algorithm: string
  /** The key or the whole certificate, as the request has it. */
  keyBlob: Buffer
  /** The whole signature blob, with the name of its own algorithm. */
  signature: Buffer
  /** The session identifier and the request, RFC 4252 §7. */
  signedBytes: Buffer
  /** Where a passkey may sign; none, and passkeys are refused. */
  origins?: readonly string[]
}): ProvenLogin {
  const key = readLoginKey(algorithm, keyBlob)
  const verified = verifySshSignature({ publicKey: key.publicKey, signature, message: signedBytes })
  const { touch, origin } = verified
  const named = plainType(algorithm)
  // ssh names the type of the key, and its agent may hand over what a passkey signed.
  if (verified.algorithm !== named && !verified.algorithm.startsWith('webauthn-sk-'))
    throw new SshError('algorithm-mismatch', 'the signature is of another kind than was named')
  if (touch !== null && !touch.userPresence) throw new UntouchedKeyError({ ...key, touch })
  if (origin !== null) {
    if (!origins.includes(origin)) throw new SshError('origin-unknown', 'the passkey signed for another place')
    if (touch?.userVerification !== true)
      throw new SshError('verification-missing', 'the passkey signed without PIN or fingerprint')
  }
  return { ...key, touch }
}

const algorithmsOf = (type: string): readonly string[] => {
  if (type === 'ssh-rsa') return ['rsa-sha2-256', 'rsa-sha2-512']
  if (type === 'sk-ecdsa-sha2-nistp256@openssh.com') return [type, `webauthn-${type}`]
  return [type]
}
