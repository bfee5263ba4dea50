import * as client from 'openid-client'
import type { Person } from '../../src/walk/person.ts'
import { open } from './oauth.ts'

export const redirectUri = 'http://wiki.localhost:4999/callback'

/** A tool that signs people in by OpenID Connect, as openid-client does it. */
export interface RelyingParty {
  clientId: string
  secret: string
  config: client.Configuration
}

/** Sets a tool up, and reads discovery as its own library does. */
export async function addTool(
  admin: Person,
  slug = 'wiki',
  { settings = {}, ...rest }: Record<string, unknown> & { settings?: Record<string, unknown> } = {},
): Promise<RelyingParty> {
  const made = await admin.act<{ application: { id: string }; shownOnce: { name: string; value: string }[] }>(
    'POST',
    '/applications',
    {
      kind: 'openid',
      slug,
      name: slug.charAt(0).toUpperCase() + slug.slice(1),
      description: '',
      recipe: null,
      launchUrl: null,
      audience: 'everyone',
      groups: [],
      strength: null,
      settings: { redirectUris: [redirectUri], ...settings },
      ...rest,
    },
  )
  const secret = made.shownOnce.find(({ name }) => name === 'clientSecret')?.value ?? ''
  return { clientId: made.application.id, secret, config: await discover(admin.origin, made.application.id, secret) }
}

const discover = (origin: string, clientId: string, secret: string): Promise<client.Configuration> =>
  client.discovery(
    new URL(`${origin}/oidc`),
    clientId,
    undefined,
    secret === '' ? client.None() : client.ClientSecretBasic(secret),
    { execute: [client.allowInsecureRequests] },
  )

interface Asked {
  url: URL
  verifier: string
  state: string
  nonce: string
}

/** What the tool opens in the browser. */
export async function question(tool: RelyingParty, parameters: Record<string, string> = {}): Promise<Asked> {
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const url = client.buildAuthorizationUrl(tool.config, {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  })
  return { url, verifier, state, nonce }
}

/** Where the browser is led with it. */
export async function led(person: Person, url: URL | string): Promise<URL> {
  const response = await open(person, String(url))
  const location = response.headers.get('location')
  if (location === null) throw new Error(`led nowhere: ${response.status} ${await response.text()}`)
  return new URL(location, person.origin)
}

/** Takes tokens for what came back, with every check that the library makes. @throws where one fails */
export const take = (tool: RelyingParty, back: URL, { verifier, state, nonce }: Asked, checks: object = {}) =>
  client.authorizationCodeGrant(tool.config, back, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
    ...checks,
  })

/** All of it, for somebody who is signed in. */
export async function signOnTo(person: Person, tool: RelyingParty, parameters: Record<string, string> = {}) {
  const asked = await question(tool, parameters)
  return take(tool, await led(person, asked.url), asked)
}

/** What our page is told that a browser was led to, and where it goes on. @throws where it was led elsewhere */
export async function standing(person: Person, page: URL) {
  if (page.pathname !== '/-/sign-on') throw new Error(`led to ${page.href}`)
  return person.call<{
    outcome: string
    sentence: string | null
    help: string | null
    hasKey: boolean
    scopes: string[]
    returnTo: string
  }>('GET', `/sign-on/standing${page.search}`)
}

export const isActive = async (tool: RelyingParty, token: string): Promise<boolean> =>
  (await client.tokenIntrospection(tool.config, token)).active
