import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { notFound } from '../../http/problem.ts'
import type { Openid, Provider } from './openid.ts'
import type { ProviderView, ShownProvider } from './shapes.ts'

/** Those in use, oldest first. */
export const listProviders = (db: Db<'identityProvider'>): Promise<Provider[]> =>
  db
    .selectFrom('identityProvider')
    .selectAll()
    .where('endedAt', 'is', null)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()

export const findProvider = (db: Db<'identityProvider'>, id: string): Promise<Provider | undefined> =>
  db
    .selectFrom('identityProvider')
    .selectAll()
    .where('id', '=', id as Id<'idp'>)
    .where('endedAt', 'is', null)
    .executeTakeFirst()

/** @throws 404 */
export async function getProvider(db: Db<'identityProvider'>, id: string): Promise<Provider> {
  const provider = await findProvider(db, id)
  if (provider === undefined) throw notFound('This place to sign in')
  return provider
}

/** The one that people with an address at this domain are sent to. */
export async function findProviderOfDomain(db: Db<'identityProvider'>, domain: string): Promise<Provider | undefined> {
  const providers = await listProviders(db)
  return providers.find((provider) => domainsOf(provider).includes(domain))
}

export const domainsOf = ({ domains }: Pick<Provider, 'domains'>): string[] => JSON.parse(domains) as string[]

export const groupMapOf = ({ groupMap }: Pick<Provider, 'groupMap'>): Map<string, string> =>
  new Map(Object.entries(JSON.parse(groupMap) as Record<string, string>))

export const shown = ({ id, name }: Provider): ShownProvider => ({ id, name })

/** How an owner or administrator sees them; never with the client secret. */
export async function viewProviders(
  db: Db<'identityProvider' | 'externalIdentity' | 'domain'>,
  openid: Pick<Openid, 'redirectUri'>,
  which?: string,
): Promise<ProviderView[]> {
  const providers = (await listProviders(db)).filter(({ id }) => which === undefined || id === which)
  const verified = await db.selectFrom('domain').select('name').where('state', '=', 'verified').execute()
  const joined = await db
    .selectFrom('externalIdentity')
    .select(['providerId'])
    .select((eb) => [eb.fn.countAll<number>().as('people'), eb.fn.max('lastSignInAt').as('lastSignInAt')])
    .where('endedAt', 'is', null)
    .groupBy('providerId')
    .execute()
  return providers.map((provider) => {
    const use = joined.find(({ providerId }) => providerId === provider.id)
    const domains = domainsOf(provider)
    return {
      id: provider.id,
      name: provider.name,
      kind: provider.kind,
      issuer: provider.issuer,
      clientId: provider.clientId,
      domains,
      verifiedDomains: domains.filter((domain) => verified.some(({ name }) => name === domain)),
      isShown: provider.isShown === 1,
      trustsAcr: provider.trustsAcr,
      groupClaim: provider.groupClaim,
      groupMap: Object.fromEntries(groupMapOf(provider)),
      requiredGroup: provider.requiredGroup,
      createsPeople: provider.createsPeople === 1,
      newPersonRole: provider.newPersonRole,
      demandsLocalPasskey: provider.demandsLocalPasskey === 1,
      redirectUri: openid.redirectUri(provider.id),
      logoutUri: openid.redirectUri(provider.id).replace(/return$/, 'logout'),
      peopleCount: use?.people ?? 0,
      lastSignInAt: use?.lastSignInAt ?? null,
      createdAt: provider.createdAt,
    }
  })
}
