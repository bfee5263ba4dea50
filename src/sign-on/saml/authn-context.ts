import type { Strength } from '../../database/schema.ts'
import type { AuthnRequest } from '../../protocols/saml/parse-authn-request.ts'
import { isAtLeast } from '../../policy/strength.ts'

const classes = 'urn:oasis:names:tc:SAML:2.0:ac:classes:'
const mfa = 'https://refeds.org/profile/mfa'
const withPassword = `${classes}PasswordProtectedTransport`

/**
 * The classes that are understood, each with the least strength that may be called so. A class is never claimed by less;
 * by more it is, since tools ask for a password over TLS and mean “at least”.
 */
export const knownContexts: Readonly<Record<string, Strength>> = {
  [`${classes}unspecified`]: 'password',
  [`${classes}Password`]: 'password',
  [withPassword]: 'password',
  'https://refeds.org/profile/sfa': 'password',
  [mfa]: 'mfa',
  'http://schemas.microsoft.com/claims/multipleauthn': 'mfa',
  'http://schemas.openid.net/pape/policies/2007/06/phishing-resistant': 'passkey',
  phr: 'passkey',
  phrh: 'attested',
}

export type ContextAnswer =
  /** Proven already, and called so. */
  | { outcome: 'proven'; context: string }
  /** Another tap may prove it. */
  | { outcome: 'stronger'; strength: Strength }
  /** Nothing here is called so. */
  | { outcome: 'unknown' }

/** What an answer says of how somebody signed in. Core §3.3.2.2.1. */
export function answerContext(requested: AuthnRequest['requestedContext'], strength: Strength): ContextAnswer {
  if (requested === null) return { outcome: 'proven', context: isAtLeast(strength, 'mfa') ? mfa : withPassword }
  const known = requested.classes.flatMap((context) => {
    const least = Object.hasOwn(knownContexts, context) ? knownContexts[context] : undefined
    return least === undefined ? [] : [{ context, least }]
  })
  if (known.length === 0) return { outcome: 'unknown' }
  const { comparison } = requested
  if (comparison === 'better') return answerContext(better(known), strength)
  const proven = known.filter(({ least }) => isAtLeast(strength, least))
  if (comparison === 'maximum') {
    const strongest = proven.reduce<(typeof proven)[number] | undefined>(
      (best, each) => (best === undefined || isAbove(each.least, best.least) ? each : best),
      undefined,
    )
    return { outcome: 'proven', context: strongest?.context ?? withPassword }
  }
  const [first] = proven
  if (first !== undefined) return { outcome: 'proven', context: first.context }
  const [weakest] = known.toSorted((one, other) => (isAbove(one.least, other.least) ? 1 : -1))
  return weakest === undefined ? { outcome: 'unknown' } : { outcome: 'stronger', strength: weakest.least }
}

/** Any class above each of those named. */
function better(known: readonly { least: Strength }[]): NonNullable<AuthnRequest['requestedContext']> {
  const above = Object.entries(knownContexts).filter(([, least]) => known.every((each) => isAbove(least, each.least)))
  return { comparison: 'exact', classes: above.map(([context]) => context) }
}

const isAbove = (one: Strength, other: Strength): boolean => !isAtLeast(other, one)
