import { parseObject } from './key-set.ts'
import { ExchangeRefused } from './exchange-refused.ts'

/** Signed with a key that only the issuer has. Never `none`, never a shared secret. */
export const signatureAlgorithms = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ')

/** Longer than any pipeline's token: GitHub's have about two kilobytes. */
const maxLength = 16 * 1024

/** What a token says, of which nothing is proven yet. */
export interface ShownToken {
  jwt: string
  issuer: string
  /** What is signed: header and claims. A signature can be written in several ways, this in one. */
  signedPart: string
}

/** RFC 7515 §3.1, RFC 7519 §7.2: a signed token in compact form. @throws ExchangeRefused `invalid_request` */
export function readToken(jwt: string): ShownToken {
  if (jwt.length > maxLength) throw unreadable('is longer than any pipeline’s token')
  const parts = jwt.split('.')
  const [head = '', claims = '', signature = ''] = parts
  if (parts.length !== 3 || !parts.every((part) => /^[\w-]+$/.test(part)))
    throw unreadable(
      signature === '' && parts.length === 3 ? 'is not signed' : 'is no signed token in compact form (RFC 7519)',
    )
  const header = parseObject(decode(head))
  const payload = parseObject(decode(claims))
  if (header === undefined || payload === undefined) throw unreadable('cannot be read')
  if (typeof header['alg'] !== 'string' || !signatureAlgorithms.includes(header['alg']))
    throw unreadable(`is signed in a way that is not taken; these are: ${signatureAlgorithms.join(', ')}`)
  // RFC 7515 §4.1.11: whoever does not know an extension must refuse it.
  if ('crit' in header || 'b64' in header) throw unreadable('asks for an extension that is not known here')
  const { iss } = payload
  if (typeof iss !== 'string' || iss.length > 500) throw unreadable('does not say who issued it')
  return { jwt, issuer: iss, signedPart: `${head}.${claims}` }
}

const decode = (part: string): string => Buffer.from(part, 'base64url').toString()

const unreadable = (what: string): ExchangeRefused =>
  new ExchangeRefused('invalid_request', `The subject_token ${what}.`)
