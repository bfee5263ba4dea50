import { startRegistration, type PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/browser'
import { api } from '../api/client.ts'
import { enterAs } from '../api/queries.ts'
import type { Ceremony, PasswordSignedIn } from '../api/shapes.ts'
import { registerByLink } from './register-passkey.ts'
import { suggestPasskeyName } from './suggest-passkey-name.ts'

/** Signs in with what was brought from elsewhere. A browser that can makes a passkey at once, without a word. */
export async function signInWithPassword(given: {
  name: string
  password: string
  code: string
}): Promise<PasswordSignedIn> {
  const { code, ...rest } = given
  const begun = await api.post<PasswordSignedIn>('/sign-in/password', code ? { ...rest, code } : rest, {
    isSignInOptional: true,
  })
  await enterAs()
  void makeQuietly()
  return begun
}

/** Whatever comes of it, nobody is told: the page that follows asks in words. */
async function makeQuietly(): Promise<void> {
  try {
    const { conditionalCreate } = (await capabilities()) ?? {}
    if (conditionalCreate !== true) return
    const { ceremonyId, publicKey } = await api.post<Ceremony>('/me/conditional-passkey/begin', {}, quiet)
    const optionsJSON = publicKey as PublicKeyCredentialCreationOptionsJSON
    const response = await startRegistration({ optionsJSON, useAutoRegister: true })
    const name = suggestPasskeyName(response, navigator.userAgent)
    await api.post('/me/conditional-passkey', { ceremonyId, response, name }, quiet)
  } catch {
    // The browser would not, or the person has one: the button is there.
  }
}

const quiet = { isSignInOptional: true }

type Capabilities = Partial<Record<'conditionalCreate', boolean>>

/** WebAuthn L3 §5.1.7, where the browser has it. */
const capabilities = async (): Promise<Capabilities | undefined> => {
  const known = globalThis.PublicKeyCredential as { getClientCapabilities?: () => Promise<Capabilities> } | undefined
  return known?.getClientCapabilities?.()
}

/** A first passkey for whoever is signed in without one: from then on it is what signs them in. */
export async function makeFirstPasskey(me: { username: string; displayName: string; email: string }) {
  const { link } = await api.post<{ link: string }>('/me/upgrade-link')
  const { username, displayName, email } = me
  return registerByLink(new URL(link).hash.slice(1), { username, displayName, email })
}
