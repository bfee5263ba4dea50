import { timingSafeEqual } from 'node:crypto'
import type { ClientMetadata, Provider } from 'oidc-provider'
import { hashSecret } from '../../http/secret.ts'
import { deviceGrant } from '../device-grant.ts'
import type { OpenidClient } from './find-client.ts'
import { signOnScopes } from './provider-part.ts'

/** Ours, beside what RFC 7591 knows. */
export const mayOmitPkce = 'postern_may_omit_pkce'

/**
 * An application in the words of RFC 7591. What stands for its secret are the hashes of those that are good: see
 * `compareHashed`.
 */
export const renderOpenidClient = ({ application, settings, secretHashes }: OpenidClient): ClientMetadata => ({
  client_id: application.id,
  client_name: application.name,
  // Addresses that open an app on somebody's device are only a native client's.
  application_type: settings.redirectUris.every((uri) => /^https?:/.test(uri)) ? 'web' : 'native',
  ...(settings.keepsSecret
    ? { token_endpoint_auth_method: 'client_secret_basic', client_secret: secretHashes.join(' ') }
    : { token_endpoint_auth_method: 'none' }),
  redirect_uris: [...settings.redirectUris],
  grant_types: [
    'authorization_code',
    ...(settings.refreshTokens ? ['refresh_token'] : []),
    ...(settings.deviceFlow ? [deviceGrant] : []),
  ],
  response_types: ['code'],
  id_token_signed_response_alg: settings.idTokenAlgorithm,
  scope: [...signOnScopes, 'offline_access'].join(' '),
  [mayOmitPkce]: settings.keepsSecret && settings.pkce === 'optional',
})

/** Of each client it has only hashes, so that what is shown is hashed before it is compared. */
export function compareHashed({ Client }: Provider): void {
  Object.assign(Client.prototype, {
    compareClientSecret(this: { clientSecret?: string }, shown: string): boolean {
      const given = Buffer.from(hashSecret(shown))
      return (this.clientSecret ?? '').split(' ').some((known) => {
        const hash = Buffer.from(known)
        return hash.length === given.length && timingSafeEqual(hash, given)
      })
    },
    // Each sign-on has a name of its own, which its end is told by.
    includeSid: (): boolean => true,
  })
}
