import { isApplicationId } from './openid/find-client.ts'

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
  '/oidc/device/auth': ['client_id', 'client_secret', 'scope', ...refused],
  '/oidc/token': [
    'client_id',
    'client_secret',
    'grant_type',
    'code',
    'redirect_uri',
    'code_verifier',
    'refresh_token',
    'scope',
    'device_code',
  ],
  '/oidc/token/revocation': ['client_id', 'client_secret', 'token', 'token_type_hint'],
  '/oidc/token/introspection': ['client_id', 'client_secret', 'token', 'token_type_hint'],
  '/oidc/session/end': ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state'],
} satisfies Record<string, readonly string[]>

/** What applications can ask beyond that; a program is tapped for each time anyway. */
const ofApplications = ['max_age', 'acr_values', 'claims', 'id_token_hint', 'login_hint']

const mostLetters = 512
/** Of what applications write for themselves, or were given as one long text; nothing of it is stored. */
const mostOfTexts: Readonly<Record<string, number>> = {
  state: 2_048,
  nonce: 2_048,
  claims: 2_048,
  // An identity token of ours, which names all groups of its person where the application is told of them.
  id_token_hint: 12_288,
}

/** Those that are known there, doubled ones too; undefined where one is longer than anything it could mean. */
export function pickParameters(
  path: keyof typeof knownParameters,
  given: URLSearchParams,
): URLSearchParams | undefined {
  const isApplication = path === '/oidc/session/end' || isApplicationId(given.get('client_id') ?? '')
  const known: readonly string[] = [
    ...knownParameters[path],
    ...(isApplication && path === '/oidc/auth' ? ofApplications : []),
  ]
  const picked = [...given].filter(([name]) => known.includes(name))
  const isTooLong = ([name, value]: [string, string]): boolean =>
    value.length > ((isApplication ? mostOfTexts[name] : undefined) ?? mostLetters)
  return picked.some(isTooLong) ? undefined : new URLSearchParams(picked)
}
