import type { AttestationOutcome, Strength } from '../../database/schema.ts'
import type { SshTouch } from '../../identity/caller.ts'
import type { Proof } from '../../policy/facts.ts'
import { weaker } from '../../policy/strength.ts'

/**
 * What a login with a key proves: that of a file as much as a password, since it can be copied; a security key by what
 * was done to it. Only what its maker attested when it was made, and what asked for a PIN, is a verified hardware key.
 */
export function sshKeyStrength(
  touch: Pick<SshTouch, 'userVerification'> | null,
  key: { attestationOutcome: AttestationOutcome | null; strengthCap: Strength | null },
): Strength {
  const own = ownStrength(touch, key.attestationOutcome)
  return key.strengthCap === null ? own : weaker(own, key.strengthCap)
}

function ownStrength(touch: Pick<SshTouch, 'userVerification'> | null, outcome: AttestationOutcome | null): Strength {
  if (touch === null) return 'password'
  if (!touch.userVerification) return 'mfa'
  return outcome === 'verified' ? 'attested' : 'passkey'
}

/** What rules about kinds of keys are told; null for a key that lies in a file. */
export const sshKeyKind = (key: {
  application: string | null
  attestationOutcome: AttestationOutcome | null
  aaguid: string | null
}): Proof['key'] =>
  key.application === null
    ? null
    : // A model that nothing proves is nobody's: what a rule takes or refuses, it would be by its own word.
      { category: 'hardware-key', aaguid: isProven(key.attestationOutcome) ? key.aaguid : null }

const isProven = (outcome: AttestationOutcome | null): boolean =>
  outcome === 'verified' || outcome === 'verified-software' || outcome === 'bad-status'
