/** Each connection's own: RFC 9110 §7.6.1, and what framing is made of anew. */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const taken: ReadonlySet<string> = new Set([
  ...hopByHop,
  'content-length',
  'expect',
  'host',
  'forwarded',
  'via',
  // Where somebody comes from, by the word of proxies that are not there.
  'cf-connecting-ip',
  'client-ip',
  'fastly-client-ip',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-real-ip',
  // Another host or path than the one that was judged.
  'x-host',
  'x-http-host-override',
  'x-original-host',
  'x-original-uri',
  'x-original-url',
  'x-rewrite-uri',
  'x-rewrite-url',
  // CVE-2016-5385.
  'proxy',
])
const takenPrefixes = [
  'x-accel-',
  'x-forwarded-',
  'x-postern-',
  'x-sendfile',
  // By which other proxies say who somebody is, each with more names than anybody could list.
  'impersonate-',
  'remote-',
  'tailscale-',
  'x-amzn-oidc-',
  'x-auth-request-',
  'x-authentik-',
  'x-goog-authenticated-user-',
  'x-ms-client-principal',
  'x-ms-token-',
  'x-pomerium-',
  'x-remote-',
  'x-vouch-',
  'x-webauth-',
]

/**
 * Whether a request may not bring this header to an upstream. Only letters, digits and dashes pass at all: tools that
 * read headers as variables take `X_Forwarded_User` and `X.Forwarded.User` for `X-Forwarded-User`.
 * @param name in small letters
 */
export const isStripped = (name: string): boolean =>
  taken.has(name) || !/^[a-z0-9-]+$/.test(name) || takenPrefixes.some((prefix) => name.startsWith(prefix))

/** Of an answer: what is said of the connection, what a proxy in front would act on, and other ways around this one. */
export const droppedFromAnswers: ReadonlySet<string> = new Set([
  ...hopByHop,
  'alt-svc',
  'feature-policy',
  'strict-transport-security',
  'x-accel-redirect',
  'x-lighttpd-send-file',
  'x-reproxy-url',
  'x-sendfile',
])
