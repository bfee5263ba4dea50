import { type PublicKeyCredentialRequestOptionsJSON, startAuthentication } from '@simplewebauthn/browser'
import { api } from '../api/client.ts'
import { enterAs } from '../api/queries.ts'
import { signalPasskeys } from '../api/signal-passkeys.ts'
import type { Ceremony, Me } from '../api/shapes.ts'
import { webauthnProblem } from './webauthn-problem.ts'

export type SignInHint = 'hybrid' | 'security-key'

export const beginSignIn = (hint?: SignInHint) =>
  api.post<Ceremony>('/sign-in/begin', hint ? { hint } : {}, { isSignInOptional: true })

interface AnswerOptions {
  ceremony: Ceremony
  /** When the person was first asked to sign in, by `performance.now()`. */
  shownAt?: number | undefined
  /** Waits in the browser's autofill rather than in a prompt. */
  isAutofill?: boolean
}

/** Lets a key answer the ceremony and signs in with its answer. */
export async function answerSignIn({ ceremony, shownAt, isAutofill = false }: AnswerOptions): Promise<Me> {
  const optionsJSON = ceremony.publicKey as PublicKeyCredentialRequestOptionsJSON
  const response = await startAuthentication({ optionsJSON, useBrowserAutofill: isAutofill })
  const answer = { ceremonyId: ceremony.ceremonyId, response, ...sinceShown(shownAt) }
  await api.post('/sign-in/finish', answer, { isSignInOptional: true })
  const me = await enterAs()
  void signalPasskeys()
  return me
}

const HOUR_MS = 3_600_000

/** How long it took, for the administrators' figures. A page that stood open for hours tells nothing. */
function sinceShown(shownAt: number | undefined): { sinceShownMs?: number } {
  if (shownAt === undefined) return {}
  const sinceShownMs = Math.round(performance.now() - shownAt)
  return sinceShownMs <= HOUR_MS ? { sinceShownMs } : {}
}

/** The button's way: one prompt. */
export async function signIn({
  hint,
  shownAt,
}: Pick<AnswerOptions, 'shownAt'> & { hint?: SignInHint | undefined } = {}): Promise<Me> {
  const ceremony = await beginSignIn(hint)
  try {
    return await answerSignIn({ ceremony, shownAt })
  } catch (error) {
    throw webauthnProblem(error, 'tap')
  }
}
