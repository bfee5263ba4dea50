/** Why a message is not taken, in one word that the page of the refusal has a sentence for. */
export type SamlErrorCode =
  | 'malformed' // cannot be read
  | 'doctype' // brings declarations, comments or instructions of its own
  | 'too-large'
  | 'duplicate' // one parameter twice
  | 'unsupported' // asks for what is not spoken here
  | 'bad-signature'
  | 'unwritable' // a value that XML cannot hold

/** The message is for the log; what stands in it may come from anybody. */
export class SamlError extends Error {
  override readonly name = 'SamlError'
  readonly code: SamlErrorCode

  constructor(code: SamlErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
