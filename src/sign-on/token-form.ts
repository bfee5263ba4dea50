import { hash } from 'node:crypto'
import { newSecret } from '../http/secret.ts'

/** `oat`: an access token, `ort`: a refresh token, `ocs`: the secret of an application. */
type TokenKind = 'oat' | 'ort' | 'ocs'
export type OauthSecret<Kind extends TokenKind = TokenKind> = `pst_${Kind}_${string}`

const checksum = (text: string): string => hash('sha256', text, 'hex').slice(0, 8)

/** What secret scanners find: prefix, 256 random bits, a checksum. */
export function newOauthSecret<Kind extends TokenKind>(kind: Kind): OauthSecret<Kind> {
  const text = `pst_${kind}_${newSecret()}` as const
  return `${text}${checksum(text)}`
}

/** A mistyped or foreign secret is refused by its form, without asking the database. */
export function isOauthSecret<Kind extends TokenKind>(kind: Kind, secret: string): secret is OauthSecret<Kind> {
  const [, text, sum] = /^(pst_(?:oat|ort|ocs)_[\w-]{43})([0-9a-f]{8})$/.exec(secret) ?? []
  return text !== undefined && text.startsWith(`pst_${kind}_`) && checksum(text) === sum
}
