import type { AttestationOutcome, Strength } from '../database/schema.ts'
import type { Category } from './category.ts'

const ladder: readonly Strength[] = ['password', 'mfa', 'passkey', 'device-bound', 'attested']

/**
 * `policy/` owns the scale of strength and the decision how strongly an act must be proven. It reads no table: facts
 * come in, a decision goes out.
 */
export const isAtLeast = (strength: Strength, least: Strength): boolean =>
  ladder.indexOf(strength) >= ladder.indexOf(least)

export const weaker = (one: Strength, other: Strength): Strength => (isAtLeast(one, other) ? other : one)

/**
 * What a credential can prove at most. A key's own word that it cannot be copied is worth `device-bound`, no more; of
 * a model that its maker or FIDO reports as broken, that word is worth nothing.
 */
export function credentialStrength(credential: {
  backupEligible: 0 | 1
  attestationOutcome: AttestationOutcome
  strengthCap: Strength | null
}): Strength {
  const { backupEligible, attestationOutcome } = credential
  const own: Strength =
    backupEligible === 1 || attestationOutcome === 'bad-status'
      ? 'passkey'
      : attestationOutcome === 'verified'
        ? 'attested'
        : 'device-bound'
  return credential.strengthCap === null ? own : weaker(own, credential.strengthCap)
}

/** OpenID Connect `acr`: phishing-resistant, and hardware-protected only where that is verified (decision 9). */
export function acrOf(strength: Strength): string | null {
  if (strength === 'attested') return 'phrh'
  return isAtLeast(strength, 'passkey') ? 'phr' : null
}

/**
 * RFC 8176 §2 `amr`: `hwk` of what is verified to be hardware, `swk` of a key that travels between devices. Of one that
 * only says of itself that it is hardware, neither (decision 9): what it counts for here may be capped, and a cap makes
 * no software of it.
 * @param key null where none is known
 */
export function amrOf(strength: Strength, key: { category: Category } | null): string[] {
  if (!isAtLeast(strength, 'passkey')) return strength === 'mfa' ? ['pwd', 'otp', 'mfa'] : ['pwd']
  const where = strength === 'attested' ? ['hwk'] : key?.category === 'synced' ? ['swk'] : []
  return [...where, 'user', 'pop']
}
