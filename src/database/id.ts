import { randomBytes } from 'node:crypto'

/** Kinds of rows that have an identifier of their own; the prefix says which. */
export type IdKind =
  | 'usr' // user
  | 'grp' // group
  | 'crd' // credential record
  | 'ses' // session
  | 'lnk' // registration link
  | 'cer' // ceremony or seal attempt
  | 'tok' // API token
  | 'prj' // project
  | 'rep' // repository
  | 'upd' // ref update
  | 'prq' // pull request
  | 'srq' // seal request
  | 'sea' // seal
  | 'evt' // audit event

export type Id<Kind extends IdKind> = `${Kind}_${string}`

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** A fresh identifier: its kind and 125 random bits in Crockford's base 32. */
export function newId<Kind extends IdKind>(kind: Kind): Id<Kind> {
  let text = ''
  for (const byte of randomBytes(25)) text += alphabet[byte & 31]
  return `${kind}_${text}`
}
