import { type Id, newId } from '../../src/database/id.ts'
import type { Person } from '../../src/walk/person.ts'
import type { StartedPostern } from './start-postern.ts'

export const clientId = 'postern'
export const clientSecret = 'a-secret-of-some-length-for-tests'

/** A place to sign in, but for its issuer. */
export const settings = {
  kind: 'other',
  name: 'Acme',
  clientId,
  clientSecret,
  domains: ['acme.example'],
  isShown: true,
  trustsAcr: 'none',
  groupClaim: null,
  groupMap: {},
  requiredGroup: null,
  createsPeople: true,
  newPersonRole: 'member',
  demandsLocalPasskey: true,
}

/** An account at this place that somebody has joined with theirs. */
export async function joinElsewhere({ postern }: StartedPostern, person: Person, providerId: string): Promise<void> {
  const who = await person.call<{ id: Id<'usr'>; username: string }>('GET', '/me')
  await postern.ceremonies.database.write((tx) =>
    tx
      .insertInto('externalIdentity')
      .values(linkOf(who, providerId as Id<'idp'>))
      .execute(),
  )
}

/** A domain of the organisation, as if its proof had been found. */
export const verifiedDomain = (name: string, at: number, createdBy: string) => ({
  id: `dom_${name.replaceAll('.', '')}` as const,
  name,
  token: 'x',
  state: 'verified' as const,
  verifiedBy: 'dns' as const,
  verifiedAt: at,
  checkedAt: at,
  failingSince: null,
  lastError: null,
  createdAt: at,
  createdBy: createdBy as `usr_${string}`,
})

/** A place that nobody answers at, with which the first owner is joined; returns its id. */
export async function addPlace({ postern }: Pick<StartedPostern, 'postern'>): Promise<Id<'idp'>> {
  const id = newId('idp')
  const { database } = postern.ceremonies
  const owner = await database.read
    .selectFrom('user')
    .select(['id', 'username'])
    .where('role', '=', 'owner')
    .where('isDemo', '=', 0)
    .executeTakeFirstOrThrow()
  await database.write(async (tx) => {
    await tx
      .insertInto('identityProvider')
      .values({
        id,
        name: 'Acme',
        kind: 'other',
        issuer: 'https://login.acme.example',
        clientId,
        clientSecretBox: 'closed',
        domains: '["acme.example"]',
        isShown: 1,
        trustsAcr: 'none',
        groupClaim: 'groups',
        groupMap: '{"devs":"acme-devs"}',
        requiredGroup: null,
        createsPeople: 1,
        newPersonRole: 'member',
        demandsLocalPasskey: 1,
        createdAt: 0,
        createdBy: owner.id,
        endedAt: null,
      })
      .execute()
    await tx.insertInto('externalIdentity').values(linkOf(owner, id)).execute()
  })
  return id
}

const linkOf = ({ id, username }: { id: Id<'usr'>; username: string }, providerId: Id<'idp'>) => ({
  id: newId('eid'),
  providerId,
  issuer: 'https://joined.example',
  subject: username,
  userId: id,
  label: `${username}@acme.example`,
  linkedBy: 'person' as const,
  linkedAt: 0,
  lastSignInAt: null,
  endedAt: null,
  endedWith: null,
  broughtEnd: null,
})
