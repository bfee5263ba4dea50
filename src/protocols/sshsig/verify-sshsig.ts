import { readPublicKey } from '../ssh/public-key.ts'
import { SshError } from '../ssh/ssh-error.ts'
import { type SkFlags, verifySshSignature } from '../ssh/verify-signature.ts'
import { fingerprint } from './fingerprint.ts'
import { parseSshsig, sshsigMessage, SshsigError } from './sshsig.ts'

export interface VerifiedSshsig {
  /** In wire form, RFC 4253 §6.6. */
  publicKey: Buffer
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  fingerprint: string
  /** Of the key: `ssh-ed25519`, `sk-ssh-ed25519@openssh.com` and so on. */
  type: string
  /** Null for a key that lies in a file. */
  touch: SkFlags | null
  /** Where the browser was in which a passkey signed; null for anything but a `webauthn-sk-…` signature. */
  origin: string | null
}

/**
 * Verifies an armored signature of any key that OpenSSH signs files with (PROTOCOL.sshsig), for this namespace and no
 * other. Presence, verification, origin and the key's owner are for the caller to judge. Throws SshsigError.
 */
export function verifySshsig(armored: string, namespace: string, message: Uint8Array): VerifiedSshsig {
  const parsed = parseSshsig(armored)
  if (parsed.namespace !== namespace) throw new SshsigError('namespace-mismatch', 'it was signed for something else')
  const { publicKey, signature } = parsed
  try {
    const { type } = readPublicKey(publicKey)
    const signed = verifySshSignature({ publicKey, signature, message: sshsigMessage(parsed, message) })
    // §4: RSA signs with SHA-2 alone, which holds already where the signature verifies.
    return { publicKey, fingerprint: fingerprint(publicKey), type, touch: signed.touch, origin: signed.origin }
  } catch (cause) {
    if (cause instanceof SshError) throw new SshsigError(codeOf(cause), cause.message, { cause })
    throw cause
  }
}

function codeOf({ code }: SshError): SshsigError['code'] {
  switch (code) {
    case 'key-unsupported':
    case 'key-weak':
    case 'application-mismatch':
      return 'key-unsupported'
    case 'signature-unsupported':
    case 'algorithm-mismatch':
      return 'signature-unsupported'
    case 'malformed':
      return 'malformed'
    default:
      return 'signature-invalid'
  }
}
