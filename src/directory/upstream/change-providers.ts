import { recordEvent } from '../../audit/record.ts'
import { type Database, orUniqueViolation, type Tx, UniqueViolation } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import type { Strength, TableName } from '../../database/schema.ts'
import type { Act } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import { keepGroup, releaseOtherGroups } from '../../identity/kept-groups.ts'
import { releaseGroups } from '../../identity/release-managed.ts'
import { endSessions } from '../../identity/sessions.ts'
import { isAtLeast } from '../../policy/strength.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import { checkGroups, issuerTaken, refuseTaken } from './check-provider.ts'
import { mostWorth } from './claimed-strength.ts'
import { holdProvider } from './lock-provider.ts'
import { type Provider, secretPurpose } from './openid.ts'
import { asColumns, asSettings } from './provider-columns.ts'
import { domainsOf, groupMapOf } from './providers.ts'
import type { NewProvider, ProviderChanges } from './shapes.ts'

interface Parts {
  database: Database
  secrets: Secrets
}

/** @param issuer as it names itself, which was asked before */
export async function createProvider(
  { database, secrets }: Parts,
  { caller, takeSeal, now }: Act,
  { id: offered, kind, ...wanted }: NewProvider,
): Promise<Id<'idp'>> {
  const id = (offered as Id<'idp'> | undefined) ?? newId('idp')
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    await refuseTaken(tx, wanted)
    checkGroups(wanted)
    const row: Provider = {
      id,
      kind,
      issuer: wanted.issuer,
      ...asColumns(wanted),
      clientSecretBox: secrets.seal(wanted.clientSecret, secretPurpose(id)),
      createdAt: at,
      createdBy: caller.id,
      endedAt: null,
    }
    await orIssuerTaken(tx.insertInto('identityProvider').values(row).execute())
    await keepGroups(tx, row, at)
    await recordEvent(tx, {
      action: 'provider.added',
      actor: actorOf(caller, seal),
      target: { kind: 'identity-provider', id },
      facts: { ...factsOf(row), seal: seal.id },
      at,
    })
  })
  return id
}

/**
 * What is believed less from now on is believed of nobody who is in already.
 * @throws 404, 409 where a group or domain is another's, 422
 */
export async function changeProvider(
  { database, secrets }: Parts,
  { caller, takeSeal, now }: Act,
  id: string,
  changes: ProviderChanges,
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const before = await holdProvider(tx, id)
    const { clientSecret } = changes
    const after: Provider = {
      ...before,
      ...asColumns({ ...asSettings(before), ...changes }),
      ...(clientSecret === undefined ? {} : { clientSecretBox: secrets.seal(clientSecret, secretPurpose(before.id)) }),
    }
    await refuseTaken(tx, { ...asSettings(after), issuer: after.issuer }, before.id)
    checkGroups(asSettings(after))
    await tx.updateTable('identityProvider').set(after).where('id', '=', before.id).execute()
    await keepGroups(tx, after, at)
    const sessions = await endBegunThere(tx, after, {
      isOver: (strength) => !isAtLeast(mostWorth(after), strength),
      at,
    })
    await recordEvent(tx, {
      action: 'provider.changed',
      actor: actorOf(caller, seal),
      target: { kind: 'identity-provider', id: before.id },
      facts: {
        ...factsOf(after),
        ...(clientSecret === undefined ? {} : { newSecret: 'yes' }),
        ...(sessions === 0 ? {} : { sessions }),
        seal: seal.id,
      },
      at,
    })
  })
}

/** Sessions that began there end; its groups are kept by people here from then on. Nobody's account ends by it. */
export async function removeProvider(
  { database }: Pick<Parts, 'database'>,
  { caller, takeSeal, now }: Act,
  id: string,
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const provider = await holdProvider(tx, id)
    await tx.updateTable('identityProvider').set({ endedAt: at }).where('id', '=', provider.id).execute()
    await releaseGroups(tx, provider.id)
    const sessions = await endBegunThere(tx, provider, { isOver: () => true, at })
    await recordEvent(tx, {
      action: 'provider.removed',
      actor: actorOf(caller, seal),
      target: { kind: 'identity-provider', id: provider.id },
      facts: { provider: provider.name, issuer: provider.issuer, sessions, seal: seal.id },
      at,
    })
  })
}

/** Ends those of the sessions that began there which are over by this. Returns how many. */
async function endBegunThere(
  tx: Tx<TableName>,
  { id }: Pick<Provider, 'id'>,
  { isOver, at }: { isOver: (strength: Strength) => boolean; at: number },
): Promise<number> {
  const begun = await tx
    .selectFrom('upstreamSession')
    .innerJoin('externalIdentity', 'externalIdentity.id', 'upstreamSession.externalIdentityId')
    .innerJoin('session', 'session.id', 'upstreamSession.sessionId')
    .select(['upstreamSession.sessionId', 'externalIdentity.userId', 'session.strength'])
    .where('externalIdentity.providerId', '=', id)
    .where('session.endedAt', 'is', null)
    .execute()
  let ended = 0
  for (const { sessionId, userId, strength } of begun)
    if (isOver(strength)) ended += await endSessions(tx, userId, { id: sessionId }, at)
  return ended
}

async function orIssuerTaken<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await orUniqueViolation(work)
  } catch (error) {
    if (error instanceof UniqueViolation) throw issuerTaken()
    throw error
  }
}

async function keepGroups(tx: Tx<'userGroup'>, provider: Provider, at: number): Promise<void> {
  const names = new Set(groupMapOf(provider).values())
  await releaseOtherGroups(tx, { managedBy: provider.id, names })
  for (const name of names) await keepGroup(tx, { name, managedBy: provider.id, at })
}

const factsOf = (row: Provider) => ({
  provider: row.name,
  issuer: row.issuer,
  client: row.clientId,
  domains: domainsOf(row).join(' '),
  trustsAcr: row.trustsAcr,
  groupClaim: row.groupClaim ?? '',
  groups: [...groupMapOf(row)].map(([there, here]) => `${there} → ${here}`).join(', '),
  requiredGroup: row.requiredGroup ?? '',
  createsPeople: row.createsPeople,
  newPersonRole: row.newPersonRole,
  demandsLocalPasskey: row.demandsLocalPasskey,
  isShown: row.isShown,
})
