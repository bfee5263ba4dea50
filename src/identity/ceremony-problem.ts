import { ProblemError } from '../http/problem.ts'
import { WebauthnError, type WebauthnErrorCode } from '../protocols/webauthn/webauthn-error.ts'

const sentences: Partial<Record<WebauthnErrorCode, { title: string; help: string }>> = {
  'user-not-verified': {
    title: 'Your key did not check that it is you.',
    help: 'Set a PIN or a fingerprint on the key, or use another one, and try again.',
  },
  'origin-mismatch': {
    title: 'This passkey answered for another address.',
    help: 'Check the address in the browser: it must be the one of this instance.',
  },
  'algorithm-not-allowed': {
    title: 'This key signs in a way that is not supported here.',
    help: 'Use another key.',
  },
}

/** Tells a refused response in plain words; the exact code stays in the problem and the log. */
export function asCeremonyProblem(error: unknown): unknown {
  if (!(error instanceof WebauthnError)) return error
  const known = sentences[error.code]
  return new ProblemError(400, `tap-refused:${error.code}`, known?.title ?? 'This tap could not be accepted.', {
    help: known?.help ?? 'Start again. If it happens every time, use another passkey.',
    cause: error,
  })
}

export async function withCeremonyProblems<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw asCeremonyProblem(error)
  }
}
