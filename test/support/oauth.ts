import { createHash, randomBytes } from 'node:crypto'
import type { Person } from '../../src/walk/person.ts'

export const gitScopes = 'repository:read repository:write'

export interface Tokens {
  access_token: string
  refresh_token: string
  expires_in: number
  scope: string
  token_type: string
  id_token?: string
}

/** A program on its person's computer, as git's credential helpers are: it knows a client id, and no secret. */
export class Program {
  readonly origin: string
  readonly clientId: string
  readonly redirectUri: string
  readonly verifier = randomBytes(32).toString('base64url')
  readonly state = randomBytes(8).toString('hex')

  constructor(origin: string, clientId = 'git-credential-oauth', redirectUri = 'http://127.0.0.1:54321') {
    this.origin = origin
    this.clientId = clientId
    this.redirectUri = redirectUri
  }

  /** What it opens in the browser; parameters that are undefined are left out. */
  authUrl(changes: Record<string, string | undefined> = {}): string {
    const parameters = {
      response_type: 'code',
      client_id: this.clientId,
      redirect_uri: this.redirectUri,
      scope: gitScopes,
      state: this.state,
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...changes,
    }
    const url = new URL('/oidc/auth', this.origin)
    for (const [name, value] of Object.entries(parameters))
      if (value !== undefined) url.searchParams.append(name, value)
    return url.href
  }

  post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.origin}/oidc${path}`, { method: 'POST', body: new URLSearchParams(form), headers })
  }

  /** Takes tokens for a code. @throws where it is refused */
  async exchange(code: string, changes: Record<string, string> = {}): Promise<Tokens> {
    const response = await this.tryExchange(code, changes)
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    return (await response.json()) as Tokens
  }

  tryExchange(code: string, changes: Record<string, string> = {}): Promise<Response> {
    return this.post('/token', {
      grant_type: 'authorization_code',
      client_id: this.clientId,
      code,
      redirect_uri: this.redirectUri,
      code_verifier: this.verifier,
      ...changes,
    })
  }

  refresh(refreshToken: string, changes: Record<string, string> = {}): Promise<Response> {
    return this.post('/token', {
      grant_type: 'refresh_token',
      client_id: this.clientId,
      refresh_token: refreshToken,
      ...changes,
    })
  }
}

/** Opens an address as the person's browser does: follows nothing, keeps the cookies. */
export const open = (person: Person, url: string): Promise<Response> =>
  person.fetch('GET', url, undefined, { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' })

/** The question that a program's address leads to. @throws where it leads elsewhere */
export async function ask(person: Person, url: string): Promise<string> {
  const response = await open(person, url)
  const location = response.headers.get('location') ?? ''
  const uid = /\/-\/authorise\/([\w-]+)$/.exec(location)?.[1]
  if (uid === undefined) throw new Error(`no question was asked: ${response.status} ${location}`)
  return uid
}

/** Taps, and goes back to the program. Returns the address it is called at. */
export async function authorise(person: Person, uid: string, repositoryIds: string[] | null = null): Promise<URL> {
  const { returnTo } = await person.act<{ returnTo: string }>('POST', `/authorisations/${uid}`, { repositoryIds })
  const response = await open(person, `${person.origin}${returnTo}`)
  const location = response.headers.get('location')
  if (location === null) throw new Error(`nothing to go back to: ${response.status} ${await response.text()}`)
  return new URL(location, person.origin)
}

/** All of it: the program is let in. */
export async function letIn(
  person: Person,
  program = new Program(person.origin),
  { scope = gitScopes, repositoryIds = null }: { scope?: string; repositoryIds?: string[] | null } = {},
): Promise<Tokens> {
  const back = await authorise(person, await ask(person, program.authUrl({ scope })), repositoryIds)
  return program.exchange(back.searchParams.get('code') ?? '')
}
