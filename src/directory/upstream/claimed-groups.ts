import type { Claims } from './claims.ts'

const maxGroups = 2_000

/**
 * The groups that a claim lists. Undefined where the provider only says that there are too many to list (Microsoft's
 * "overage"): that is not the same as none.
 */
export function claimedGroups(claims: Claims, claim: string): ReadonlySet<string> | undefined {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined
  if (value === undefined && isElsewhere(claims, claim)) return undefined
  const listed: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value]
  if (listed.length > maxGroups) return undefined
  return new Set(listed.filter((name): name is string => typeof name === 'string'))
}

/** OpenID Connect Core §5.6.2, distributed claims; `hasgroups` is what comes instead in a token sent through a page. */
function isElsewhere(claims: Claims, claim: string): boolean {
  const names = claims['_claim_names']
  return claims['hasgroups'] === true || (typeof names === 'object' && names !== null && Object.hasOwn(names, claim))
}
