import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { type JWKS, Provider } from 'oidc-provider'
import type { Person } from '../../src/walk/person.ts'
import { clientId, clientSecret } from './upstream-settings.ts'

export type Account = Record<string, unknown>

export interface Upstream extends AsyncDisposable {
  issuer: string
  /** What it says of each account, by subject; change it and the next sign-in says that. */
  accounts: Map<string, Account>
  /** Who is there when somebody is sent to it, and how they prove it; null: they say no. */
  there: { subject: string; acr?: string; amr?: string[] } | null
  provider: Provider
  /** New keys: the former are gone. */
  rotate(): Promise<void>
}

/** A real OpenID provider on this machine, at which somebody is already signed in. */
export async function startUpstream(redirectUris: () => string[]): Promise<Upstream> {
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => {}
  const server = createServer((request, response) => handle(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const start = async (): Promise<Provider> => {
    const provider = new Provider(issuer, {
      jwks: await newKeys(),
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          redirect_uris: redirectUris(),
          token_endpoint_auth_method: 'client_secret_basic',
        },
      ],
      claims: {
        openid: ['sub', 'acr', 'amr'],
        email: ['email', 'email_verified'],
        profile: ['name', 'preferred_username'],
        groups: ['groups'],
        sid: null,
      },
      scopes: ['openid', 'email', 'profile', 'groups'],
      cookies: { keys: ['only for tests'] },
      // Its own refuses addresses of this machine.
      fetch: (url, options) => fetch(url, { ...(options as RequestInit), dispatcher: undefined } as never),
      features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
      interactions: { url: (_ctx, { uid }) => `/there/${uid}` },
      findAccount: (_ctx, sub) => {
        const claims = upstream.accounts.get(sub)
        return claims && { accountId: sub, claims: () => ({ sub, ...claims }) }
      },
    })
    const callback = provider.callback()
    handle = (request, response) => {
      const work = request.url?.startsWith('/there/')
        ? finish(provider, upstream, request, response)
        : callback(request, response)
      work.catch((error: unknown) => {
        response.statusCode = 500
        response.end(String(error))
      })
    }
    return provider
  }
  const upstream = {
    issuer,
    accounts: new Map(),
    there: null,
    async rotate() {
      upstream.provider = await start()
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  } as unknown as Upstream
  upstream.provider = await start()
  return upstream
}

async function newKeys(): Promise<JWKS> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const key: JWK = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: crypto.randomUUID() }
  return { keys: [key] }
}

/** Answers what it would ask somebody: who they are, and whether they agree. */
async function finish(
  provider: Provider,
  { there }: Upstream,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response)
  if (there === null)
    return provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'no' })
  const { subject, acr = '', amr = [] } = there
  if (prompt.name === 'login')
    return provider.interactionFinished(request, response, { login: { accountId: subject, acr, amr } })
  const grant =
    (grantId && (await provider.Grant.find(grantId))) ||
    new provider.Grant({ accountId: session?.accountId ?? subject, clientId: String(params['client_id']) })
  grant.addOIDCScope('openid email profile groups')
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}

/** A person's browser at the other place: it keeps cookies, and follows until it is back at ours. Returns where it came back to. */
export async function visit(url: string, jar = new Map<string, string>()): Promise<string> {
  const { origin } = new URL(url)
  let here = url
  for (let hops = 0; hops < 20; hops += 1) {
    const response = await fetch(here, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
      jar.set(name, value)
    }
    const location = response.headers.get('location')
    if (location === null) throw new Error(`${here} answered ${response.status}: ${await response.text()}`)
    here = new URL(location, here).href
    if (!here.startsWith(origin)) return here
  }
  throw new Error('it leads round in circles')
}

/** Sends somebody there and back, and returns the page they end on. */
export async function signInWith(person: Person, providerId: string, returnTo?: string): Promise<string> {
  const { url } = await person.call<{ url: string }>('POST', '/sign-in/upstream/begin', {
    provider: providerId,
    ...(returnTo === undefined ? {} : { returnTo }),
  })
  return comeBack(person, await visit(url))
}

/** The browser opens the address it was sent back to. */
export async function comeBack(person: Person, url: string): Promise<string> {
  const response = await person.fetch('GET', url, undefined, { 'sec-fetch-site': 'cross-site' })
  const location = response.headers.get('location')
  if (response.status !== 303 || location === null)
    throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return location
}
