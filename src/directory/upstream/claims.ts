/** What an OpenID provider says of whoever signed in there; nothing of it is believed before it is read by name. */
export type Claims = Readonly<Record<string, unknown>>

export const textOf = (claims: Claims, name: string): string | undefined => {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}
