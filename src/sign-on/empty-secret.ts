import { findClient } from './clients.ts'

/**
 * git-credential-oauth names itself as `Authorization: Basic client:`, with no secret after the colon, as RFC 6749 §2.3.1
 * allows a client that was given none. oidc-provider takes that header from clients with a secret only, so it is read
 * here. Undefined for anything else: a client with a secret is refused as such.
 */
export function readEmptySecret(authorization: string): string | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,400})$/i.exec(authorization)?.[1]
  if (encoded === undefined) return undefined
  const [, name = ''] = /^([^:]+):$/.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  return findClient(decode(name))?.id
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return ''
  }
}
