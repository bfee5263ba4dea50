import type { SshsigErrorCode } from '../../protocols/sshsig/sshsig.ts'
import type { WebauthnErrorCode } from '../../protocols/webauthn/webauthn-error.ts'

/** Why a seal, or something it rests on, does not hold. Each code is explained in `docs/formats/seal.md`. */
export type SealErrorCode =
  | SshsigErrorCode
  | WebauthnErrorCode
  // what was written down
  | 'statement-malformed'
  | 'envelope-malformed'
  | 'record-malformed'
  | 'entry-malformed'
  | 'protection-malformed'
  | 'revocation-malformed'
  | 'patch-malformed'
  | 'certificate-malformed'
  | 'template-invalid'
  | 'tag-malformed'
  | 'principal-invalid'
  // a seal against its signer
  | 'signer-unknown'
  | 'signer-mismatch'
  | 'signer-ended'
  | 'key-compromised'
  | 'namespace-mismatch'
  | 'armor-mismatch'
  | 'strength-mismatch'
  // a commit against its seal
  | 'no-seal'
  | 'trailers-malformed'
  | 'statement-missing'
  | 'statement-reused'
  | 'action-mismatch'
  | 'repository-mismatch'
  | 'ref-mismatch'
  | 'base-mismatch'
  | 'head-mismatch'
  | 'tree-mismatch'
  | 'pull-request-mismatch'
  | 'committer-mismatch'
  | 'tag-replaced'
  | 'outside-time'
  // the list of signers
  | 'no-root'
  | 'trust-mismatch'
  | 'not-vouched'

export class SealError extends Error {
  override readonly name = 'SealError'
  readonly code: SealErrorCode

  constructor(code: SealErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
