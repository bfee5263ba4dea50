import { ProblemError } from '../http/problem.ts'
import { MetadataError } from '../protocols/webauthn/metadata-error.ts'

/** Tells why a blob is not taken in its own sentence. */
export async function withMetadataProblems<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof MetadataError)) throw error
    throw new ProblemError(error.code === 'metadata-older' ? 409 : 422, error.code, error.message, { cause: error })
  }
}
