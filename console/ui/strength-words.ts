import type { Strength } from '../api/shapes.ts'

/** How a strength is said, wherever it is said. */
export const strengthWords: Record<Strength, string> = {
  password: 'a password',
  mfa: 'a password and a code',
  passkey: 'a passkey',
  'device-bound': 'a key that says it cannot be copied (not verified)',
  attested: 'a hardware key of a verified model',
}

/** The same of what comes in over SSH. */
export const sshStrengthWords: Record<Strength, string> = {
  password: 'an SSH key',
  mfa: 'a security key that is touched',
  passkey: 'a security key with its PIN',
  'device-bound': 'a hardware key of a verified model, with its PIN',
  attested: 'a hardware key of a verified model, with its PIN',
}

/** Whether a rule is about coming in over SSH and nothing else. */
export const isOnlySsh = (does: readonly string[]): boolean => does.length > 0 && does.every((act) => act === 'ssh.use')
