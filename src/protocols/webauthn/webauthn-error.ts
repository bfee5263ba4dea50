export type WebauthnErrorCode =
  | 'malformed'
  | 'type-mismatch'
  | 'challenge-mismatch'
  | 'origin-mismatch'
  | 'cross-origin'
  | 'rp-id-mismatch'
  | 'user-not-present'
  | 'user-not-verified'
  | 'backup-flags-invalid'
  | 'backup-eligibility-changed'
  | 'credential-mismatch'
  | 'credential-id-too-long'
  | 'user-handle-missing'
  | 'user-handle-mismatch'
  | 'public-key-invalid'
  | 'algorithm-not-allowed'
  | 'signature-invalid'
  | 'attestation-unsupported'
  | 'attestation-invalid'

/** The one way a ceremony fails. The message is for people who debug; the code is the contract. */
export class WebauthnError extends Error {
  override readonly name = 'WebauthnError'
  readonly code: WebauthnErrorCode

  constructor(code: WebauthnErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
