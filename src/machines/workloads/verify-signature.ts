import { compactVerify, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose'
import { NotTrusted } from './exchange-refused.ts'
import type { IssuerKeys } from './issuer-keys.ts'
import { parseKeySet, parseObject } from './key-set.ts'
import { type ShownToken, signatureAlgorithms } from './read-token.ts'

export type Claims = Readonly<Record<string, unknown>>

/**
 * The claims of a token, proven to be its issuer's: by the keys that were given for it, or else those it publishes. A
 * key or an address in the token itself counts for nothing. @throws NotTrusted, IssuerSilent
 */
export async function verifySignature(
  issuerKeys: IssuerKeys,
  { jwt, issuer }: ShownToken,
  given: string | null,
): Promise<Claims> {
  if (given !== null) {
    const keys = parseKeySet(given)
    if (keys === undefined) throw new NotTrusted('key', 'The keys that were given for this issuer cannot be read.')
    return verifyBy(keys, jwt)
  }
  try {
    return await verifyBy(await issuerKeys.find(issuer), jwt)
  } catch (error) {
    const newer = error instanceof NotTrusted ? await issuerKeys.findNewer(issuer) : undefined
    if (newer === undefined) throw error
    return verifyBy(newer, jwt)
  }
}

async function verifyBy(keys: JSONWebKeySet, jwt: string): Promise<Claims> {
  try {
    const { payload } = await compactVerify(jwt, createLocalJWKSet(keys), { algorithms: signatureAlgorithms })
    const claims = parseObject(Buffer.from(payload).toString())
    if (claims !== undefined) return claims
  } catch (error) {
    // Some of what is wrong with a key is thrown by the platform.
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException)
      throw explain(error)
    throw error
  }
  throw new NotTrusted('signature', 'What is signed are no claims.')
}

function explain(cause: Error): NotTrusted {
  if (cause instanceof errors.JWKSNoMatchingKey)
    return new NotTrusted('key', 'It is signed with a key that the issuer does not publish.', null, { cause })
  if (cause instanceof errors.JWKSMultipleMatchingKeys)
    return new NotTrusted('key', 'It does not say with which of the issuer’s keys it is signed.', null, { cause })
  return new NotTrusted('signature', 'Its signature does not verify with the issuer’s key.', null, { cause })
}
