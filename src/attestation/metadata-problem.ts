import { ProblemError } from '../http/problem.ts'
import { MetadataError, type MetadataErrorCode } from '../protocols/webauthn/metadata-error.ts'

/** Tells why a blob is not taken in its own sentence. */
export async function withMetadataProblems<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof MetadataError)) throw error
    throw new ProblemError(error.code === 'metadata-older' ? 409 : 422, error.code, error.message, {
      help: helps[error.code],
      cause: error,
    })
  }
}

const rightFile = 'Choose the file as FIDO gives it, `blob.jwt`, of about 6 MB.'

const helps: Record<MetadataErrorCode, string> = {
  'metadata-older': 'FIDO’s newest file is never older than one it has published. Download it again.',
  'metadata-signature': 'It was cut off or changed on its way. Download it again and choose it as it came.',
  'metadata-certificate':
    'Choose FIDO’s own file. For another maker’s, start the server with `--metadata-root` and the certificate that signs it.',
  'metadata-algorithm': rightFile,
  'metadata-malformed': rightFile,
  'metadata-too-large': rightFile,
}
