import { createHash, randomBytes } from 'node:crypto'
import { type Answer, askServer, checkAddress, sayRefusal } from './ask-server.ts'
import { ClientError } from './client-error.ts'
import type { Place } from './place.ts'

const CLIENT_ID = 'postern-cli'

/** Where an instance lets programs in, RFC 8414. */
export interface Endpoints {
  issuer: string
  authorization: string
  token: string
  device: string
  revocation: string
}

/** What a program was let in with. */
export interface Tokens {
  accessToken: string
  refreshToken: string
  /** Milliseconds since the epoch. */
  expiresAt: number
}

/** Undefined where the address is no instance. @throws ClientError where nothing answers, or what does is odd */
export async function findEndpoints({ origin }: Place): Promise<Endpoints | undefined> {
  const issuer = `${origin}/oidc`
  const { status, body } = await askServer(`${issuer}/.well-known/openid-configuration`)
  if (status !== 200 || body['issuer'] !== issuer) return undefined
  const endpoint = (name: string): string => {
    const url = body[name]
    // What is secret goes to the instance that was named, wherever it would like to send it.
    if (typeof url !== 'string' || !URL.canParse(url) || new URL(url).origin !== origin)
      throw new ClientError(`${origin} names no ${name.replaceAll('_', ' ')} of its own.`, checkAddress)
    return url
  }
  return {
    issuer,
    authorization: endpoint('authorization_endpoint'),
    token: endpoint('token_endpoint'),
    device: endpoint('device_authorization_endpoint'),
    revocation: endpoint('revocation_endpoint'),
  }
}

/** @throws ClientError where there is no instance */
export async function getEndpoints(place: Place): Promise<Endpoints> {
  const endpoints = await findEndpoints(place)
  if (endpoints === undefined)
    throw new ClientError(`${place.origin} is no Postern, or one that does not let programs in.`, 'Check the address.')
  return endpoints
}

/** One authorisation through a browser, RFC 7636: what only this process knows of it, and the page to open. */
export function beginAuthorisation(endpoints: Endpoints, scope: string, redirectUri: string) {
  const [verifier, state] = [randomBytes(32).toString('base64url'), randomBytes(16).toString('base64url')]
  const url = new URL(endpoints.authorization)
  const wanted = {
    response_type: 'code',
    client_id: CLIENT_ID,
    redirect_uri: redirectUri,
    scope,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(wanted)) url.searchParams.set(name, value)
  return { url: url.href, state, verifier }
}

export const exchangeCode = (
  endpoints: Endpoints,
  { code, verifier, redirectUri }: { code: string; verifier: string; redirectUri: string },
  now: number,
): Promise<Tokens> =>
  askForTokens(endpoints, now, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
  })

/** Undefined where the refresh token is no longer good: somebody must tap again. */
export async function refreshTokens(
  endpoints: Endpoints,
  refreshToken: string,
  now: number,
): Promise<Tokens | undefined> {
  const answer = await post(endpoints.token, { grant_type: 'refresh_token', refresh_token: refreshToken })
  return answer.body['error'] === 'invalid_grant' ? undefined : parseTokens(answer, now)
}

/** Ends what the token was made for, RFC 7009. Whether that is known there makes no difference. */
export async function revokeToken(endpoints: Endpoints, token: string): Promise<void> {
  await post(endpoints.revocation, { token })
}

const askForTokens = async (endpoints: Endpoints, now: number, body: Record<string, string>): Promise<Tokens> =>
  parseTokens(await post(endpoints.token, body), now)

/** As this program, which keeps no secret: RFC 6749 §2.1. */
export const post = (url: string, body: Record<string, string>): Promise<Answer> =>
  askServer(url, { method: 'POST', body: new URLSearchParams({ client_id: CLIENT_ID, ...body }) })

const secretPattern = /^[\x21-\x7e]{1,2000}$/

/** @throws ClientError with why there are none */
export function parseTokens(answer: Answer, now: number): Tokens {
  const { access_token, refresh_token, expires_in } = answer.body
  const isWhole =
    typeof access_token === 'string' &&
    typeof refresh_token === 'string' &&
    typeof expires_in === 'number' &&
    [access_token, refresh_token].every((secret) => secretPattern.test(secret))
  if (answer.status !== 200 || !isWhole) throw refused(answer)
  return { accessToken: access_token, refreshToken: refresh_token, expiresAt: now + expires_in * 1000 }
}

/** What a refusal of the server means for the person. */
export function refused(answer: Answer): ClientError {
  const { error } = answer.body
  if (error === 'access_denied')
    return new ClientError('It was refused on the page.', 'Run it again if that was a mistake.')
  if (error === 'expired_token') return new ClientError('Nobody tapped in time.', 'Run it again.')
  const { line, help } = sayRefusal(answer)
  return new ClientError(`The server refused: ${line}.`.replace('..', '.'), help)
}
