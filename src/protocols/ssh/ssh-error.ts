export type SshErrorCode =
  | 'malformed'
  | 'private-key'
  | 'key-unsupported'
  | 'key-weak'
  | 'application-mismatch'
  | 'algorithm-mismatch'
  | 'signature-unsupported'
  | 'signature-invalid'
  | 'presence-missing'
  | 'verification-missing'
  | 'client-data-mismatch'
  | 'origin-unknown'
  | 'attestation-invalid'
  | 'certificate-kind'
  | 'certificate-authority'
  | 'certificate-signature'
  | 'certificate-not-yet'
  | 'certificate-expired'
  | 'certificate-principal'
  | 'certificate-option'
  | 'certificate-address'

/** What is wrong with a key, a signature or a certificate; the message is a clause that a person can read. */
export class SshError extends Error {
  override readonly name = 'SshError'
  readonly code: SshErrorCode

  constructor(code: SshErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
