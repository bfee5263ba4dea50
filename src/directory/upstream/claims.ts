/** What an OpenID provider says of whoever signed in there; nothing of it is believed before it is read by name. */
export type Claims = Readonly<Record<string, unknown>>

export const textOf = (claims: Claims, name: string): string | undefined => {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** What is said of an address: of the one beside it, and of no other. */
const ofTheAddress: ReadonlySet<string> = new Set(['email_verified', 'xms_edov', 'hd'])

/** What is said of this one sign-in: what strength rests on is believed from the signed token alone. */
const ofTheSignIn: ReadonlySet<string> = new Set(['acr', 'amr', 'auth_time', 'sid'])

/** What the signed token says stands above what else is said, and is not mixed with what that says of another address. */
export function withMore(claims: Claims, more: Claims): Claims {
  const [own, other] = [claims, more].map((said) => textOf(said, 'email')?.toLowerCase())
  const isSameAddress = own === undefined || own === other
  const told = Object.entries(more).filter(
    ([name]) => !ofTheSignIn.has(name) && (isSameAddress || !ofTheAddress.has(name)),
  )
  return { ...Object.fromEntries(told), ...claims }
}
