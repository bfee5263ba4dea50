/** Refused wherever they come, by name, RFC 9101 and OpenID Connect Core §6 and §7.2.1: so they are handed on. */
const refused = ['request', 'request_uri', 'registration']

/** What is asked by each address, of all that OAuth and OpenID Connect know. What else comes is of no use to anybody. */
export const knownParameters = {
  '/oidc/auth': [
    'client_id',
    'redirect_uri',
    'response_type',
    'response_mode',
    'scope',
    'state',
    'nonce',
    'prompt',
    'code_challenge',
    'code_challenge_method',
    ...refused,
  ],
  '/oidc/device/auth': ['client_id', 'scope', ...refused],
  '/oidc/token': [
    'client_id',
    'grant_type',
    'code',
    'redirect_uri',
    'code_verifier',
    'refresh_token',
    'scope',
    'device_code',
  ],
  '/oidc/token/revocation': ['client_id', 'token', 'token_type_hint'],
} satisfies Record<string, readonly string[]>

const mostLetters = 512

/** Those that are known there, doubled ones too; undefined where one is longer than anything it could mean. */
export function pickParameters(
  path: keyof typeof knownParameters,
  given: URLSearchParams,
): URLSearchParams | undefined {
  const known: readonly string[] = knownParameters[path]
  const picked = [...given].filter(([name]) => known.includes(name))
  return picked.some(([, value]) => value.length > mostLetters) ? undefined : new URLSearchParams(picked)
}
