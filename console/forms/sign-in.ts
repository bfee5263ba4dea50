import { type PublicKeyCredentialRequestOptionsJSON, startAuthentication } from '@simplewebauthn/browser'
import { api } from '../api/client.ts'
import { enterAs } from '../api/queries.ts'
import type { Ceremony, Me } from '../api/shapes.ts'
import { webauthnProblem } from './webauthn-problem.ts'

export type SignInHint = 'hybrid' | 'security-key'

export const beginSignIn = () => api.post<Ceremony>('/sign-in/begin', {}, { isSignInOptional: true })

interface AnswerOptions {
  ceremony: Ceremony
  /** When the person was first asked to sign in, by `performance.now()`. */
  shownAt?: number | undefined
  /** Waits in the browser's autofill rather than in a prompt. */
  isAutofill?: boolean
  hint?: SignInHint | undefined
}

/** Lets a key answer the ceremony and signs in with its answer. */
export async function answerSignIn({ ceremony, shownAt, isAutofill = false, hint }: AnswerOptions): Promise<Me> {
  const publicKey = ceremony.publicKey as PublicKeyCredentialRequestOptionsJSON
  const optionsJSON = hint ? { ...publicKey, hints: [hint] } : publicKey
  const response = await startAuthentication({ optionsJSON, useBrowserAutofill: isAutofill })
  const answer = { ceremonyId: ceremony.ceremonyId, response, ...sinceShown(shownAt) }
  await api.post('/sign-in/finish', answer, { isSignInOptional: true })
  return enterAs()
}

const HOUR_MS = 3_600_000

/** How long it took, for the administrators' figures. A page that stood open for hours tells nothing. */
function sinceShown(shownAt: number | undefined): { sinceShownMs?: number } {
  if (shownAt === undefined) return {}
  const sinceShownMs = Math.round(performance.now() - shownAt)
  return sinceShownMs <= HOUR_MS ? { sinceShownMs } : {}
}

/** The button's way: one prompt. */
export async function signIn({ hint, shownAt }: Pick<AnswerOptions, 'hint' | 'shownAt'> = {}): Promise<Me> {
  const ceremony = await beginSignIn()
  try {
    return await answerSignIn({ ceremony, hint, shownAt })
  } catch (error) {
    throw webauthnProblem(error, 'tap')
  }
}
