import assert from 'node:assert/strict'
import { ApiError, type Person } from '../../src/walk/person.ts'
import { type StartedPostern, startPostern } from './start-postern.ts'
import { signInWith, startUpstream, type Upstream } from './upstream.ts'
import { settings, verifiedDomain } from './upstream-settings.ts'

export interface Me {
  id: string
  username: string
  email: string
  role: string
  credentialCount: number
  session: { strength: string; credentialName: string | null }
}

export interface Together extends AsyncDisposable {
  postern: StartedPostern
  upstream: Upstream
  owner: Person
  providerId: string
  /** Moves the clock of our server alone. */
  pass(ms: number): void
  change(changes: Record<string, unknown>): Promise<unknown>
  /** Somebody in a fresh browser, sent there and back. */
  arrive(): Promise<{ person: Person; page: string; refused: string | null }>
}

/** Postern, whose domain acme.example is verified, with one other place to sign in, at which `ana-there` is. */
export async function together({
  settings: changes = {},
  flags = [],
}: { settings?: Record<string, unknown>; flags?: string[] } = {}): Promise<Together> {
  let ahead = 0
  const postern = await startPostern({
    flags: ['--outbound-allow', '127.0.0.0/8', ...flags],
    now: () => Date.now() + ahead,
  })
  const uris: string[] = []
  const upstream = await startUpstream(() => uris)
  const owner = await postern.owner('olga')
  const { id } = await owner.call<Me>('GET', '/me')
  await postern.postern.ceremonies.database.write((tx) =>
    tx
      .insertInto('domain')
      .values(verifiedDomain('acme.example', Date.now(), id))
      .execute(),
  )
  const made = await owner.act<{ id: string; redirectUri: string }>('POST', '/directory/providers', {
    ...settings,
    issuer: upstream.issuer,
    ...changes,
  })
  uris.push(made.redirectUri)
  await upstream.rotate()
  upstream.accounts.set('ana-there', { email: 'ana@acme.example', email_verified: true, name: 'Ana Acme', groups: [] })
  upstream.there = { subject: 'ana-there' }
  return {
    postern,
    upstream,
    owner,
    providerId: made.id,
    pass(ms) {
      ahead += ms
    },
    change: (more) => owner.act('PATCH', `/directory/providers/${made.id}`, more),
    async arrive() {
      const person = postern.stranger()
      const page = await signInWith(person, made.id)
      return { person, page, refused: refusalIn(page) }
    },
    async [Symbol.asyncDispose]() {
      await upstream[Symbol.asyncDispose]()
      await postern[Symbol.asyncDispose]()
    },
  }
}

export const refusalIn = (page: string): string | null => new URL(page, 'http://x').searchParams.get('refused')

export const me = (person: Person): Promise<Me> => person.call<Me>('GET', '/me')

export const assertOut = (person: Person): Promise<void> =>
  assert.rejects(me(person), (error: ApiError) => error.problem.code === 'sign-in-required')

export const refusedWith =
  (code: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof ApiError, String(error))
    assert.equal(error.problem.code, code)
    return true
  }

/** What the record says, oldest first. */
export async function events(
  postern: StartedPostern,
  action: string,
): Promise<{ facts: Record<string, string>; actor: string; method: string }[]> {
  const rows = await postern.postern.ceremonies.database.read
    .selectFrom('auditEvent')
    .select('leaf')
    .where('action', '=', action)
    .orderBy('occurredAt')
    .orderBy('id')
    .execute()
  return rows.map(({ leaf }) => JSON.parse(leaf) as { facts: Record<string, string>; actor: string; method: string })
}

export const setUser = (
  postern: StartedPostern,
  username: string,
  changes: Record<string, unknown>,
): Promise<unknown> =>
  postern.postern.ceremonies.database.write((tx) =>
    tx.updateTable('user').set(changes).where('username', '=', username).execute(),
  )
