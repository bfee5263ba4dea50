import { createPrivateKey, type JsonWebKeyInput, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { JWK } from 'oidc-provider'
import type { OauthGrantTable } from '../../database/schema.ts'

const event = 'http://schemas.openid.net/event/backchannel-logout'

/** OpenID Connect Back-Channel Logout 1.0 §2.4: that one sign-on is over, and of whom. */
export async function signLogoutToken(
  { id, clientId, userId }: Pick<OauthGrantTable, 'id' | 'clientId' | 'userId'>,
  { issuer, key, at }: { issuer: string; key: JWK; at: number },
): Promise<string> {
  const seconds = Math.floor(at / 1000)
  return new SignJWT({ sid: id, events: { [event]: {} } })
    .setProtectedHeader({ alg: key.alg ?? '', typ: 'logout+jwt', kid: key.kid ?? '' })
    .setIssuer(issuer)
    .setAudience(clientId)
    .setSubject(userId)
    .setJti(randomUUID())
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + 120)
    .sign(createPrivateKey({ key: key as JsonWebKeyInput['key'], format: 'jwk' }))
}
