import { type PublicKeyCredentialCreationOptionsJSON, startRegistration } from '@simplewebauthn/browser'
import { api } from '../api/client.ts'
import { enterAs, instanceQuery, queryClient } from '../api/queries.ts'
import type { Ceremony, CredentialView, Me, PasskeyHint } from '../api/shapes.ts'
import { signalPasskeys } from '../api/signal-passkeys.ts'
import { suggestPasskeyName } from './suggest-passkey-name.ts'
import { webauthnProblem } from './webauthn-problem.ts'

async function makePasskey(ceremony: Ceremony) {
  try {
    return await startRegistration({ optionsJSON: ceremony.publicKey as PublicKeyCredentialCreationOptionsJSON })
  } catch (error) {
    throw webauthnProblem(error, 'create')
  }
}

/** A one-time link becomes a person with a passkey, signed in. */
export async function registerByLink(
  token: string,
  who: { username: string; displayName: string; email: string; hint?: PasskeyHint },
): Promise<Me> {
  const options = { isSignInOptional: true }
  const ceremony = await api.post<Ceremony>('/registration-links/begin', { token, ...who }, options)
  const response = await makePasskey(ceremony)
  const credentialName = suggestPasskeyName(response, navigator.userAgent)
  const finish = { token, ceremonyId: ceremony.ceremonyId, response, credentialName }
  await api.post('/registration-links/finish', finish, options)
  await queryClient.invalidateQueries({ queryKey: instanceQuery.queryKey })
  const me = await enterAs()
  void signalPasskeys()
  return me
}

/** A further passkey: first the new key makes it, then one that the person already has vouches for it by a tap. */
export async function addPasskey(name: string, hint: { hint?: PasskeyHint } = {}): Promise<CredentialView> {
  const ceremony = await api.post<Ceremony>('/me/credentials/begin', hint)
  const response = await makePasskey(ceremony)
  const added = await api.post<CredentialView>('/me/credentials', { ceremonyId: ceremony.ceremonyId, response, name })
  void signalPasskeys()
  return added
}
