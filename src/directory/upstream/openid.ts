import * as client from 'openid-client'
import type { IdentityProviderTable } from '../../database/schema.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import { checkIssuer, isLoopback } from './check-issuer.ts'
import { type Claims, textOf, withMore } from './claims.ts'
import { explainFailure } from './explain-failure.ts'
import { createFetch } from './outbound-fetch.ts'
import { UpstreamError } from './upstream-error.ts'

export type Provider = IdentityProviderTable
type Site = Pick<Provider, 'id' | 'issuer' | 'clientId' | 'clientSecretBox' | 'trustsAcr' | 'groupClaim'>

export interface Openid {
  /** What the issuer says of itself, by its own document. @throws UpstreamError */
  discover(issuer: string): Promise<client.ServerMetadata>
  /** Where the browser goes, to come back with `state`. @throws UpstreamError */
  departure(
    provider: Site,
    journey: { state: string; nonce: string; codeVerifier: string; loginHint?: string | undefined },
  ): Promise<URL>
  /**
   * Exchanges what came back for claims whose signature, issuer, audience, nonce and times are right.
   * @param returned the whole address the browser came back to
   * @throws UpstreamError
   */
  arrival(
    provider: Site,
    journey: { state: string; nonce: string; codeVerifier: string },
    returned: URL,
  ): Promise<Claims>
  redirectUri(providerId: string): string
}

/** Signatures that only the provider can make: `none` and those by a shared secret are not among them (RFC 8725 §3.1). */
export const signatureAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

export const secretPurpose = (providerId: string): string => `identity provider ${providerId}`

const discoveryLifeMs = 60_000
const outageLifeMs = 5_000

/** OpenID Connect's code flow with PKCE, towards places that an owner has set up (OpenID Connect Core §3.1, RFC 9700). */
export function createOpenid(parts: {
  outbound: Outbound
  secrets: Secrets
  origin: string
  now: () => number
  timeoutMs?: number
}): Openid {
  const fetch = createFetch(parts.outbound, parts.timeoutMs)
  const known = new Map<string, { at: number; found: Promise<client.ServerMetadata> }>()
  const redirectUri = (providerId: string): string => `${parts.origin}/api/v1/sign-in/upstream/${providerId}/return`

  function discover(issuer: string): Promise<client.ServerMetadata> {
    const kept = known.get(issuer)
    if (kept !== undefined && parts.now() - kept.at < discoveryLifeMs) return kept.found
    const found = ask(issuer)
    known.set(issuer, { at: parts.now(), found })
    // Whoever presses a button again and again has it asked a few times a minute.
    found.catch(() => known.set(issuer, { at: parts.now() - discoveryLifeMs + outageLifeMs, found }))
    return found
  }

  async function ask(issuer: string): Promise<client.ServerMetadata> {
    const url = checkIssuer(issuer)
    const options = { [client.customFetch]: fetch, execute: isLoopback(url) ? [client.allowInsecureRequests] : [] }
    const config = await client.discovery(url, 'none', undefined, client.None(), options).catch(explainFailure)
    const metadata = config.serverMetadata()
    if (new URL(metadata.issuer).href !== url.href)
      throw new UpstreamError('provider-mistrusted', `It names itself ${metadata.issuer}, not ${issuer}.`)
    for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const) {
      const endpoint = URL.parse(metadata[name] ?? '')
      if (endpoint?.protocol !== 'https:' && !(endpoint?.protocol === 'http:' && isLoopback(url)))
        throw new UpstreamError('provider-mistrusted', `Its configuration names no usable ${name}.`)
    }
    return metadata
  }

  async function configure(provider: Site): Promise<client.Configuration> {
    const metadata = await discover(provider.issuer)
    // Exactly: an address that means the same to a browser is another issuer to a token.
    if (metadata.issuer !== provider.issuer)
      throw new UpstreamError('provider-mistrusted', `It now names itself ${metadata.issuer}, not ${provider.issuer}.`)
    const secret = parts.secrets.open(provider.clientSecretBox, secretPurpose(provider.id))
    // RFC 8414 §2: where it does not say, it takes Basic.
    const takesPost = metadata.token_endpoint_auth_methods_supported?.includes('client_secret_post') ?? false
    const authentication = takesPost ? client.ClientSecretPost(secret) : client.ClientSecretBasic(secret)
    const config = new client.Configuration(
      { ...metadata, id_token_signing_alg_values_supported: signatureAlgorithms },
      provider.clientId,
      { [client.clockTolerance]: 60 },
      authentication,
    )
    config[client.customFetch] = fetch
    if (isLoopback(new URL(provider.issuer))) client.allowInsecureRequests(config)
    // The signature counts, not the connection it came by; its keys are fetched anew each time, so they may change.
    client.enableNonRepudiationChecks(config)
    return config
  }

  return {
    discover,
    redirectUri,
    async departure(provider, { state, nonce, codeVerifier, loginHint }) {
      const config = await configure(provider)
      return client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri(provider.id),
        scope: scopesFor(provider, config.serverMetadata()),
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        ...(provider.trustsAcr === 'phr' ? { acr_values: 'phrh phr' } : {}),
        ...(loginHint === undefined ? {} : { login_hint: loginHint }),
      })
    },
    async arrival(provider, { state, nonce, codeVerifier }, returned) {
      const config = await configure(provider)
      const checks = {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      }
      const tokens = await client.authorizationCodeGrant(config, returned, checks).catch(explainFailure)
      const claims = tokens.claims()
      if (claims === undefined) throw new UpstreamError('provider-mistrusted', 'It sent no ID token.')
      // OpenID Connect Core §3.1.3.7, 5: also where there is only one audience.
      if (claims.azp !== undefined && claims.azp !== provider.clientId)
        throw new UpstreamError('provider-mistrusted', 'Its ID token was made for another application.')
      const isWhole =
        textOf(claims, 'email') !== undefined &&
        (provider.groupClaim === null || Object.hasOwn(claims, provider.groupClaim))
      if (isWhole || config.serverMetadata().userinfo_endpoint === undefined) return claims
      // §5.3.2: its `sub` must be the token's. No signature stands below it.
      const more = await client.fetchUserInfo(config, tokens.access_token, claims.sub).catch(explainFailure)
      return withMore(claims, more)
    },
  }
}

/** `groups` is a scope at some (Okta), an error at others (Microsoft): asked for where it is offered. */
function scopesFor({ groupClaim }: Site, { scopes_supported: offered }: client.ServerMetadata): string {
  const wanted = ['openid', 'email', 'profile']
  if (groupClaim !== null && offered?.includes('groups')) wanted.push('groups')
  return wanted.join(' ')
}
