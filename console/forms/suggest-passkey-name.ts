import type { RegistrationResponseJSON } from '@simplewebauthn/browser'
import { systemWord } from '../ui/browser-words.ts'

type Answer = Pick<RegistrationResponseJSON, 'authenticatorAttachment'> & { response: { transports?: string[] } }

/** A name by which its owner may know a new passkey again: where it was made, or what kind of key it is on. */
export function suggestPasskeyName(answer: Answer, userAgent: string): string {
  const { transports = [] } = answer.response
  if (answer.authenticatorAttachment === 'platform') {
    const system = systemWord(userAgent)
    return system ? `My ${system} device` : 'My device'
  }
  if (transports.includes('hybrid')) return 'My phone'
  if (transports.some((transport) => transport === 'usb' || transport === 'nfc')) return 'My security key'
  return 'My first passkey'
}
