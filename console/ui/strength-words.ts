import type { Strength } from '../api/shapes.ts'

/** How a strength is said, wherever it is said. */
export const strengthWords: Record<Strength, string> = {
  password: 'a password',
  mfa: 'a password and a code',
  passkey: 'a passkey',
  'device-bound': 'a key that says it cannot be copied (not verified)',
  attested: 'a hardware key of a verified model',
}
