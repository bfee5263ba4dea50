import type { Route } from '../route.ts'

/** Our own signed word about who came. */
export const assertionHeader = 'x-postern-jwt-assertion'

/**
 * Names by which tools, and proxies before us, are told who somebody is. Whatever comes in under one of them is somebody's
 * own word about themselves, also where this route sets none of them.
 */
const wellKnown = [
  assertionHeader,
  'remote-user',
  'remote-email',
  'remote-name',
  'remote-groups',
  'remote-role',
  'x-remote-user',
  'x-remote-email',
  'x-remote-name',
  'x-remote-group',
  'x-remote-groups',
  'x-forwarded-user',
  'x-forwarded-email',
  'x-forwarded-groups',
  'x-forwarded-preferred-username',
  'x-forwarded-access-token',
  'x-forwarded-name',
  'x-forwarded-login',
  'x-auth-user',
  'x-auth-username',
  'x-auth-email',
  'x-auth-name',
  'x-auth-groups',
  'x-auth-request-user',
  'x-auth-request-email',
  'x-auth-request-groups',
  'x-auth-request-preferred-username',
  'x-auth-request-access-token',
  'x-authenticated-user',
  'x-authenticated-email',
  'x-authentik-username',
  'x-authentik-email',
  'x-authentik-name',
  'x-authentik-groups',
  'x-authentik-uid',
  'x-authentik-jwt',
  'x-webauth-user',
  'x-webauth-email',
  'x-webauth-name',
  'x-webauth-groups',
  'x-webauth-role',
  'x-webauth-fullname',
  'x-proxy-user',
  'x-user',
  'x-username',
  'x-user-email',
  'x-user-id',
  'x-ssl-client-dn',
  'x-ssl-client-s-dn',
  'x-ssl-client-verify',
  'x-client-cert',
  'x-forwarded-client-cert',
  'ssl-client-cert',
  'ssl-client-verify',
  'x-pomerium-jwt-assertion',
  'x-pomerium-claim-email',
  'x-pomerium-claim-groups',
  'x-pomerium-claim-name',
  'x-pomerium-claim-user',
  'cf-access-jwt-assertion',
  'cf-access-authenticated-user-email',
  'x-amzn-oidc-data',
  'x-amzn-oidc-identity',
  'x-amzn-oidc-accesstoken',
  'x-goog-iap-jwt-assertion',
  'x-goog-authenticated-user-email',
  'x-goog-authenticated-user-id',
  'x-ms-client-principal',
  'x-ms-client-principal-id',
  'x-ms-client-principal-name',
  'x-ms-token-aad-id-token',
  'x-tailscale-user',
  'tailscale-user-login',
  'tailscale-user-name',
  'impersonate-user',
  'impersonate-group',
  'impersonate-uid',
]

const known = new WeakMap<Route, ReadonlySet<string>>()

/** All of them and those that this route sets, in small letters. */
export function ownHeaders(route: Route): ReadonlySet<string> {
  let names = known.get(route)
  if (names === undefined) {
    const configured = Object.keys(route.settings.identityHeaders ?? {}).map((name) => name.toLowerCase())
    known.set(route, (names = new Set([...wellKnown, ...configured])))
  }
  return names
}
