import assert from 'node:assert/strict'
import type { Person } from '../../src/walk/person.ts'
import type { Json } from './scim-body.ts'

export type { Json }

export interface ScimAnswer {
  status: number
  headers: Headers
  body: Json
}

export const core = 'urn:ietf:params:scim:schemas:core:2.0'
export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const messages = 'urn:ietf:params:scim:api:messages:2.0'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A directory, as it speaks to `/scim/v2` with the token of its connection. */
export class ScimClient {
  readonly base: string
  readonly #token: string | null

  constructor(origin: string, token: string | null) {
    this.base = `${origin}/scim/v2`
    this.#token = token
  }

  /** @param path below the base, or a whole URL; `body` a string to send as it is */
  async send(method: Method, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ScimAnswer> {
    const response = await fetch(path.startsWith('http') ? path : `${this.base}${path}`, {
      method,
      headers: {
        accept: 'application/scim+json',
        ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json; charset=utf-8' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as Json,
    }
  }

  get = (path: string, headers?: Record<string, string>): Promise<ScimAnswer> =>
    this.send('GET', path, undefined, headers)
  post = (path: string, body: unknown): Promise<ScimAnswer> => this.send('POST', path, body)
  put = (path: string, body: unknown, headers?: Record<string, string>): Promise<ScimAnswer> =>
    this.send('PUT', path, body, headers)
  delete = (path: string): Promise<ScimAnswer> => this.send('DELETE', path)

  patch = (path: string, ...operations: unknown[]): Promise<ScimAnswer> =>
    this.send('PATCH', path, { schemas: [`${messages}:PatchOp`], Operations: operations })

  find = (type: 'Users' | 'Groups', filter: string): Promise<ScimAnswer> =>
    this.get(`/${type}?filter=${encodeURIComponent(filter)}`)

  /** A user that did not exist, as it was answered. */
  async makeUser(userName: string, more: Record<string, unknown> = {}): Promise<Json> {
    const made = await this.post('/Users', newUser(userName, more))
    assert.equal(made.status, 201, JSON.stringify(made.body))
    return made.body
  }

  async makeGroup(displayName: string, members: readonly string[] = []): Promise<Json> {
    const made = await this.post('/Groups', newGroup(displayName, members))
    assert.equal(made.status, 201, JSON.stringify(made.body))
    return made.body
  }
}

export const newUser = (userName: string, more: Record<string, unknown> = {}): Record<string, unknown> => {
  const [local = userName] = userName.split('@')
  return {
    schemas: [`${core}:User`],
    userName,
    name: { givenName: local, familyName: 'Example' },
    emails: [{ primary: true, type: 'work', value: userName.includes('@') ? userName : `${userName}@example.org` }],
    displayName: `${local} Example`,
    active: true,
    ...more,
  }
}

export const newGroup = (displayName: string, members: readonly string[] = []): Record<string, unknown> => ({
  schemas: [`${core}:Group`],
  displayName,
  members: members.map((value) => ({ value })),
})

/** Connects a directory, as an owner does under Directory. */
export async function connectDirectory(
  owner: Person,
  name = 'Okta',
  kind: 'okta' | 'entra' | 'other' = 'okta',
): Promise<{ id: string; token: string; scim: ScimClient }> {
  const { connection, token } = await owner.act<{ connection: { id: string }; token: string }>(
    'POST',
    '/directory/connections',
    { name, kind, tokenDays: null },
  )
  return { id: connection.id, token, scim: new ScimClient(owner.origin, token) }
}

/** Checks that it is refused as RFC 7644 §3.12 says. */
export function refusedBy(answer: ScimAnswer, status: number, scimType?: string): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  assert.deepEqual(answer.body.schemas, [`${messages}:Error`])
  assert.equal(answer.body.status, String(status))
  if (scimType !== undefined) assert.equal(answer.body.scimType, scimType, JSON.stringify(answer.body))
  assert.ok(typeof answer.body.detail === 'string' && answer.body.detail.length > 0)
}

/** Checks that it went well, and returns what came. */
export function ok(answer: ScimAnswer, status = 200): Json {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  return answer.body
}
