import { type Claims, textOf } from './claims.ts'

const addressForm = /^[^\p{C}\s@<>"]+@[^\p{C}\s@<>"]+$/u

/**
 * The address whose holder the provider itself has made sure of, in lower case; undefined where it does not say so.
 * Without that word anybody could name anybody's address: it joins no account.
 */
export function verifiedAddress(claims: Claims, issuer: string): string | undefined {
  const address = textOf(claims, 'email')?.toLowerCase()
  if (address === undefined || address.length > 254 || !addressForm.test(address)) return undefined
  return isVouchedFor(claims, issuer, domainOf(address)) ? address : undefined
}

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

function isVouchedFor(claims: Claims, issuer: string, domain: string): boolean {
  const { host } = new URL(issuer)
  // Microsoft sends no `email_verified`: its address is whatever an administrator of that tenant typed, unless this
  // claim says that the tenant owns the domain.
  if (host === 'login.microsoftonline.com') return [true, 1, '1'].includes(claims['xms_edov'] as never)
  // Google verifies an address of another domain once, years ago perhaps; only `hd` says that the domain manages it.
  if (host === 'accounts.google.com') return claims['email_verified'] === true && claims['hd'] === domain
  return claims['email_verified'] === true
}
