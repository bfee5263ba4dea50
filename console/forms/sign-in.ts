import { type PublicKeyCredentialRequestOptionsJSON, startAuthentication } from '@simplewebauthn/browser'
import { api } from '../api/client.ts'
import { enterAs } from '../api/queries.ts'
import type { Ceremony, Me } from '../api/shapes.ts'
import { webauthnProblem } from './webauthn-problem.ts'

export type SignInHint = 'hybrid' | 'security-key'

export const beginSignIn = () => api.post<Ceremony>('/sign-in/begin', {}, { isSignInOptional: true })

interface AnswerOptions {
  ceremony: Ceremony
  /** Waits in the browser's autofill rather than in a prompt. */
  isAutofill?: boolean
  hint?: SignInHint | undefined
}

/** Lets a key answer the ceremony and signs in with its answer. */
export async function answerSignIn({ ceremony, isAutofill = false, hint }: AnswerOptions): Promise<Me> {
  const publicKey = ceremony.publicKey as PublicKeyCredentialRequestOptionsJSON
  const optionsJSON = hint ? { ...publicKey, hints: [hint] } : publicKey
  const response = await startAuthentication({ optionsJSON, useBrowserAutofill: isAutofill })
  await api.post('/sign-in/finish', { ceremonyId: ceremony.ceremonyId, response }, { isSignInOptional: true })
  return enterAs()
}

/** The button's way: one prompt. */
export async function signIn(hint?: SignInHint): Promise<Me> {
  const ceremony = await beginSignIn()
  try {
    return await answerSignIn({ ceremony, hint })
  } catch (error) {
    throw webauthnProblem(error, 'tap')
  }
}
