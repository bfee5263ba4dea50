import type { Configuration } from 'oidc-provider'
import { claimsByScope } from './openid/claims.ts'
import { mayOmitPkce } from './openid/render-client.ts'
import { scopes } from './scopes.ts'

/** Where the provider takes questions, below its issuer. */
export const authorisePath = '/auth'
export const userinfoPath = '/userinfo'

export const mountPath = '/oidc'
export const resumeCookie = 'postern-resume'

export const accessTokenSeconds = 3600
/** As long as somebody may take to sign in and read what is asked. */
export const questionSeconds = 600

/** What is the same for every instance: only what git’s helpers and applications need is switched on. */
export const providerSettings = {
  acrValues: ['phr', 'phrh'],
  scopes: ['openid', 'profile', 'email', 'offline_access', ...scopes],
  claims: Object.fromEntries(Object.entries(claimsByScope).map(([scope, claims]) => [scope, [...claims]])),
  // Many products look at nothing else.
  conformIdTokenClaims: false,
  extraClientMetadata: { properties: [mayOmitPkce] },
  responseTypes: ['code'],
  clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
  enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256'] },
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  pkce: { required: (_ctx, client) => client[mayOmitPkce] !== true },
  features: {
    devInteractions: { enabled: false },
    // Twenty letters that nobody takes for another, nor for a word: 34 bits, good for ten minutes.
    deviceFlow: { enabled: true, charset: 'base-20', mask: '****-****', deviceInfo: () => ({}) },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    introspection: {
      enabled: true,
      // Whoever has a secret, of its own tokens.
      allowedPolicy: (_ctx, client, token) => client.clientAuthMethod !== 'none' && token.clientId === client.clientId,
    },
    claimsParameter: { enabled: true },
    userinfo: { enabled: true },
    resourceIndicators: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    dPoP: { enabled: false },
  },
  routes: {
    authorization: authorisePath,
    token: '/token',
    revocation: '/token/revocation',
    introspection: '/token/introspection',
    userinfo: userinfoPath,
    device_authorization: '/device/auth',
    code_verification: '/device',
    jwks: '/jwks',
  },
  ttl: {
    AuthorizationCode: 60,
    DeviceCode: questionSeconds,
    IdToken: accessTokenSeconds,
    Interaction: questionSeconds,
    Session: questionSeconds,
  },
  clientBasedCORS: () => false,
  expiresWithSession: () => false,
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  // Whatever ends one token of a grant ends the grant.
  revokeGrantPolicy: () => true,
} satisfies Configuration
