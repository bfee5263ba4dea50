import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { SoftwareAuthenticator } from '../protocols/webauthn/software-authenticator.ts'

export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly problem: {
    code: string
    title: string
    detail?: string
    help?: string
    /** What is wrong with each field of a form. */
    fields?: Record<string, string>
    sealRequestId?: string
    link?: string
    expiresAt?: number
  }
  /** What it said in `WWW-Authenticate`. */
  readonly challenge: string | null

  constructor(status: number, problem: ApiError['problem'], request: string, challenge: string | null) {
    super(`${request}: ${status} ${problem.code}: ${problem.title}`)
    this.status = status
    this.problem = problem
    this.challenge = challenge
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * `walk/` uses the product from outside, as a browser with a key would: public API, cookies, taps. It opens no table.
 * A person holds an authenticator and a cookie jar of their own.
 */
export class Person {
  readonly authenticator: SoftwareAuthenticator
  readonly #origin: string
  readonly #address: string
  readonly #cookies = new Map<string, string>()

  /** @param address where to connect, if that is not the origin itself (a server under test) */
  constructor(origin: string, authenticator = new SoftwareAuthenticator(), address = origin) {
    this.#origin = origin
    this.#address = address
    this.authenticator = authenticator
  }

  get origin(): string {
    return this.#origin
  }

  /** One request as the console makes it. @throws ApiError for every refusal */
  async call<Answer = unknown>(
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await this.fetch(method, path, body, headers)
    const text = await response.text()
    const answer: unknown = text === '' ? undefined : JSON.parse(text)
    if (!response.ok)
      throw new ApiError(
        response.status,
        answer as ApiError['problem'],
        `${method} ${path}`,
        response.headers.get('www-authenticate'),
      )
    return answer as Answer
  }

  /** @param path below `/api/v1`, or a whole URL */
  async fetch(method: Method, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(path.startsWith('/') ? `${this.#address}/api/v1${path}` : path, {
      method,
      redirect: 'manual',
      headers: {
        origin: this.#origin,
        'sec-fetch-site': 'same-origin',
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
      if (value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    return response
  }

  /** Registers through a one-time link. */
  async register(
    link: string,
    applicant: { username: string; displayName: string; email: string },
    credentialName?: string,
  ): Promise<void> {
    const token = new URL(link).hash.slice(1)
    const begun = await this.call<Begun<PublicKeyCredentialCreationOptionsJSON>>('POST', '/registration-links/begin', {
      token,
      ...applicant,
    })
    await this.call('POST', '/registration-links/finish', {
      token,
      ceremonyId: begun.ceremonyId,
      response: this.authenticator.create(begun.publicKey, this.#origin),
      ...(credentialName === undefined ? {} : { credentialName }),
    })
  }

  async signIn(): Promise<void> {
    const begun = await this.call<Begun<PublicKeyCredentialRequestOptionsJSON>>('POST', '/sign-in/begin', {})
    await this.call('POST', '/sign-in/finish', {
      ceremonyId: begun.ceremonyId,
      response: this.authenticator.get(begun.publicKey, this.#origin),
    })
  }

  signOut(): Promise<unknown> {
    return this.call('POST', '/sign-out', {})
  }

  /** Taps for a seal request and returns the seal. */
  async tap(sealRequestId: string, credentialId?: string): Promise<string> {
    const attempt = await this.call<{ id: string; publicKey: PublicKeyCredentialRequestOptionsJSON }>(
      'POST',
      `/seal-requests/${sealRequestId}/attempts`,
      credentialId === undefined ? {} : { credentialId },
    )
    const response = this.authenticator.get(attempt.publicKey, this.#origin)
    const made = await this.call<{ sealId: string }>('POST', `/seal-requests/${sealRequestId}/attempts/${attempt.id}`, {
      response,
    })
    return made.sealId
  }

  /** A sensitive act: asks, taps for the seal it is told to get, and asks again with it. */
  async act<Answer = unknown>(method: Method, path: string, body?: unknown): Promise<Answer> {
    try {
      return await this.call<Answer>(method, path, body)
    } catch (error) {
      if (!(error instanceof ApiError) || error.problem.sealRequestId === undefined) throw error
      const seal = await this.tap(error.problem.sealRequestId)
      return this.call<Answer>(method, path, body, { 'postern-seal': seal })
    }
  }

  /** Adds a passkey made by another authenticator, with a tap on the one held now. */
  async addPasskey(other: SoftwareAuthenticator, name: string): Promise<{ id: string; fingerprint: string }> {
    const begun = await this.call<Begun<PublicKeyCredentialCreationOptionsJSON>>('POST', '/me/credentials/begin', {})
    const response = other.create(begun.publicKey, this.#origin)
    return this.act('POST', '/me/credentials', { ceremonyId: begun.ceremonyId, response, name })
  }

  async makeToken(
    name: string,
    scopes: string[] = ['repository:write'],
    repositoryIds: string[] | null = null,
  ): Promise<string> {
    const made = await this.act<{ secret: string }>('POST', '/me/tokens', {
      name,
      scopes,
      repositoryIds,
      expiresInDays: 30,
    })
    return made.secret
  }
}

interface Begun<Options> {
  ceremonyId: string
  publicKey: Options
}
