import type { Strength } from '../../database/schema.ts'
import { claimedGroups } from './claimed-groups.ts'
import { claimedStrength } from './claimed-strength.ts'
import { type Claims, textOf } from './claims.ts'
import type { Provider } from './openid.ts'
import { verifiedAddress } from './verified-address.ts'

/** Who somebody is at another place, as far as it counts here. */
export interface ProvenIdentity {
  issuer: string
  subject: string
  /** Its session there, OpenID Connect Back-Channel Logout §2.1. */
  sid: string | null
  /** Undefined where the provider does not vouch for it. */
  address: string | undefined
  /** Something to recognise it by, for display alone. */
  label: string
  displayName: string
  /** Undefined where it does not say which, null where none are read. */
  groups: ReadonlySet<string> | undefined | null
  strength: Strength
}

/** @param claims of a token that was verified against this provider */
export function readIdentity(claims: Claims, provider: Provider): ProvenIdentity {
  const subject = textOf(claims, 'sub') ?? ''
  const label = textOf(claims, 'email') ?? textOf(claims, 'preferred_username') ?? subject
  return {
    issuer: provider.issuer,
    subject,
    sid: textOf(claims, 'sid')?.slice(0, 300) ?? null,
    address: verifiedAddress(claims, provider.issuer),
    label: visible(label),
    displayName: visible(textOf(claims, 'name') ?? label),
    groups: provider.groupClaim === null ? null : claimedGroups(claims, provider.groupClaim),
    strength: claimedStrength(claims, provider),
  }
}

const visible = (text: string): string => text.replaceAll(/[\p{C}\u2028\u2029]/gu, '').slice(0, 100) || '(no name)'
