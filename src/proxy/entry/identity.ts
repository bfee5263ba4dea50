import type { Previewed, SentValue } from '../../applications/application-kind.ts'
import type { Db } from '../../database/handles.ts'
import { readPolicyActor } from '../../identity/policy-actor.ts'
import { acrOf, amrOf } from '../../policy/strength.ts'
import type { IdentityClaim } from '../route-settings.ts'
import type { Route } from '../route.ts'
import { encodeHeader } from './encode-header.ts'
import { assertionHeader } from './own-headers.ts'

/** What a tool is told of whoever came. */
export interface Identity {
  sub: string
  preferred_username: string
  name: string
  /** Only an address that was shown to be theirs: tools find accounts by it. */
  email?: string
  email_verified?: true
  groups: readonly string[]
  /** Left out for programs and for what is no passkey. */
  acr?: string
  amr?: readonly string[]
  /** Seconds since the epoch. */
  auth_time?: number
}

type Known = Pick<Previewed, 'id' | 'kind' | 'username' | 'displayName' | 'role' | 'strength' | 'authenticatedAt'> & {
  by: { kind?: string; key?: Previewed['by']['key'] }
}

export async function readIdentity(db: Db<'user' | 'groupMember'>, person: Known): Promise<Identity> {
  const { groups } = await readPolicyActor(db, person)
  const user = await db
    .selectFrom('user')
    .select(['email', 'emailVerifiedAt'])
    .where('id', '=', person.id)
    .executeTakeFirstOrThrow()
  const acr = acrOf(person.strength)
  // A bearer secret proves nothing about a person's key.
  const isSession = person.by.kind === undefined || person.by.kind === 'session'
  return {
    sub: person.id,
    preferred_username: person.username,
    name: person.displayName,
    ...(user.emailVerifiedAt === null || user.email === '' ? {} : { email: user.email, email_verified: true }),
    groups,
    ...(!isSession
      ? {}
      : {
          ...(acr === null ? {} : { acr }),
          amr: amrOf(person.strength, person.by.key ?? null),
          auth_time: Math.floor(person.authenticatedAt / 1000),
        }),
  }
}

/** The plain headers of a route, for tools that know no better. One that there is nothing to say in is left off. */
export function identityHeaders(
  wanted: NonNullable<Route['settings']['identityHeaders']>,
  identity: Identity,
  strength: string,
): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, claim] of Object.entries(wanted)) {
    const value = valueOf(claim, identity, strength)
    if (value !== undefined && value !== '') headers[name.toLowerCase()] = value
  }
  return headers
}

function valueOf(claim: IdentityClaim, identity: Identity, strength: string): string | undefined {
  switch (claim) {
    case 'username':
      return encodeHeader(identity.preferred_username)
    case 'email':
      return identity.email === undefined ? undefined : encodeHeader(identity.email)
    case 'name':
      return encodeHeader(identity.name)
    case 'groups':
      return identity.groups.map((group) => encodeHeader(group, ',')).join(',')
    case 'strength':
      return strength
  }
}

/** The same for a page: what somebody would come as. */
export async function tellIdentity(
  db: Db<'user' | 'groupMember'>,
  { settings }: Pick<Route, 'settings'>,
  person: Previewed,
): Promise<readonly SentValue[]> {
  const identity = await readIdentity(db, { ...person, by: { key: person.by.key } })
  const headers = identityHeaders(settings.identityHeaders ?? {}, identity, person.strength)
  return [
    ...Object.keys(settings.identityHeaders ?? {}).flatMap((name) => {
      const value = headers[name.toLowerCase()]
      return value === undefined ? [] : [{ name, value }]
    }),
    ...Object.entries(identity).map(([claim, value]) => ({
      name: `${assertionHeader}: ${claim}`,
      value: Array.isArray(value) ? (value as string[]) : String(value),
    })),
  ]
}
