import type { IdentityProviderTable, Strength } from '../../database/schema.ts'
import { weaker } from '../../policy/strength.ts'
import type { Claims } from './claims.ts'

/**
 * What a sign-in elsewhere is worth here: a password, unless its `acr` or `amr` says more and an owner lets it be
 * believed. `phr` and `phrh` (OpenID Enhanced Authentication Profile) are worth a passkey, and never more: what kind of
 * key it was nobody here has seen. Where a passkey of this place is demanded on top, it stays below one.
 */
export function claimedStrength(
  claims: Claims,
  { trustsAcr, demandsLocalPasskey }: Pick<IdentityProviderTable, 'trustsAcr' | 'demandsLocalPasskey'>,
): Strength {
  const strength = believed(claims, trustsAcr)
  return demandsLocalPasskey === 1 ? weaker(strength, 'mfa') : strength
}

/** The most that any sign-in there is worth, whatever it says of itself. */
export const mostWorth = (trust: Parameters<typeof claimedStrength>[1]): Strength =>
  claimedStrength({ acr: 'phrh' }, trust)

function believed({ acr, amr }: Claims, trustsAcr: IdentityProviderTable['trustsAcr']): Strength {
  const said = [acr, ...(Array.isArray(amr) ? (amr as unknown[]) : [])]
  const isResistant = said.includes('phr') || said.includes('phrh')
  if (trustsAcr === 'phr' && isResistant) return 'passkey'
  // RFC 8176 §2, `mfa`.
  return trustsAcr !== 'none' && (isResistant || said.includes('mfa')) ? 'mfa' : 'password'
}
