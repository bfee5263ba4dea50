import { api } from './client.ts'
import type { PasskeySignals } from './shapes.ts'

/** WebAuthn Level 3 §5.1.10. Not every browser has these. */
interface Signals {
  signalAllAcceptedCredentials?: (options: {
    rpId: string
    userId: string
    allAcceptedCredentialIds: string[]
  }) => Promise<void>
  signalCurrentUserDetails?: (options: {
    rpId: string
    userId: string
    name: string
    displayName: string
  }) => Promise<void>
}

const signals = (): Signals => (typeof PublicKeyCredential === 'undefined' ? {} : PublicKeyCredential)

/**
 * Tells the browser's picker which passkeys work here, so that it offers no dead ones. Only whoever is signed in hears
 * it: a refused passkey may be somebody's who is let in again, and a browser forgets what it is told is unknown.
 */
export async function signalPasskeys(): Promise<void> {
  const browser = signals()
  if (browser.signalAllAcceptedCredentials === undefined) return
  try {
    const known = await api.get<PasskeySignals>('/me/passkey-signals', { isSignInOptional: true })
    if (known === null) return
    const { rpId, userId, name, displayName, allAcceptedCredentialIds } = known
    await browser.signalAllAcceptedCredentials({ rpId, userId, allAcceptedCredentialIds })
    await browser.signalCurrentUserDetails?.({ rpId, userId, name, displayName })
  } catch {
    // The picker stays as it was.
  }
}
