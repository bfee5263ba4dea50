import { type PublicKeyCredentialRequestOptionsJSON, startAuthentication } from '@simplewebauthn/browser'
import { api } from '../api/client.ts'
import type { Ceremony } from '../api/shapes.ts'
import { webauthnProblem } from './webauthn-problem.ts'

/** "It was not me": one tap on a former passkey, which signs nobody in. */
export async function cancelRecovery(): Promise<void> {
  const options = { isSignInOptional: true }
  const ceremony = await api.post<Ceremony>('/recovery/cancel/begin', {}, options)
  try {
    const optionsJSON = ceremony.publicKey as PublicKeyCredentialRequestOptionsJSON
    const response = await startAuthentication({ optionsJSON })
    await api.post('/recovery/cancel/finish', { ceremonyId: ceremony.ceremonyId, response }, options)
  } catch (error) {
    throw webauthnProblem(error, 'tap')
  }
}
