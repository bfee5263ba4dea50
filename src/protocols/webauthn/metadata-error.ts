export type MetadataErrorCode =
  | 'metadata-too-large'
  | 'metadata-malformed'
  | 'metadata-algorithm'
  | 'metadata-signature'
  | 'metadata-certificate'
  | 'metadata-older'

/** Why a metadata blob is not taken; the message is a sentence for the operator. */
export class MetadataError extends Error {
  override readonly name = 'MetadataError'
  readonly code: MetadataErrorCode

  constructor(code: MetadataErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
