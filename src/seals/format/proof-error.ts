import { SshsigError } from '../../protocols/sshsig/sshsig.ts'
import { WebauthnError } from '../../protocols/webauthn/webauthn-error.ts'
import { SealError } from './seal-error.ts'

/** Runs a step of protocols/ and speaks of its failure in this format's own error, code kept. */
export function asProofError<T>(step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (error instanceof SshsigError || error instanceof WebauthnError) {
      throw new SealError(error.code, error.message, { cause: error })
    }
    throw error
  }
}
