import { endMachineTokens } from '../../access-keys/issue-token.ts'
import type { Tx } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import type { TableName, WorkloadTrustTable } from '../../database/schema.ts'
import { conflict, notFound, nothingLeft } from '../../http/problem.ts'
import type { Act } from '../../identity/act.ts'
import { createMachineUser } from '../../identity/machine-users.ts'
import { givenRoles } from '../../repositories/given-roles.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import { roleOf } from './access-words.ts'
import { recordTrustEvent, type TrustParts } from './trust-parts.ts'
import type { Condition, NewPipeline, PipelineChanges } from './shapes.ts'

const mostInOneRepository = 20

/** Trusts a pipeline whose terms were checked. */
export async function createTrust(
  { database }: TrustParts,
  { caller, takeSeal, now }: Act,
  place: RepositoryPlace,
  { name, shape, issuer, conditions, ...terms }: NewPipeline,
): Promise<Id<'wlt'>> {
  const id = newId('wlt')
  const repositoryId = place.repository.id
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const there = await tx
      .selectFrom('workloadTrust')
      .select('id')
      .where('repositoryId', '=', repositoryId)
      .where('endedAt', 'is', null)
      .execute()
    if (there.length >= mostInOneRepository)
      throw conflict('too-many-pipelines', `A repository trusts at most ${mostInOneRepository} pipelines.`, {
        help: 'End one of them first.',
      })
    const user = await createMachineUser(tx, { name, createdBy: caller.id, at })
    await giveRole(tx, { userId: user.id, repositoryId, access: terms.access, createdBy: caller.id, at })
    const row: WorkloadTrustTable = {
      id,
      repositoryId,
      userId: user.id,
      name,
      shape,
      issuer,
      ...terms,
      conditions: JSON.stringify(conditions),
      createdAt: at,
      createdBy: caller.id,
      stewardId: caller.id,
      adoptBy: null,
      lastUsedAt: null,
      lastSubject: null,
      endedAt: null,
    }
    await tx.insertInto('workloadTrust').values(row).execute()
    await recordTrustEvent(tx, 'workload.added', { caller, seal, place, row, at }, termsOf(row))
  })
  return id
}

/** What came in by the former terms ends: who still fits comes in again. @throws 404 where it has ended meanwhile */
export async function changeTrust(
  { database, cut }: TrustParts,
  { caller, takeSeal, now }: Act,
  place: RepositoryPlace,
  id: Id<'wlt'>,
  { conditions, ...terms }: PipelineChanges,
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    if (terms.keys !== undefined && terms.keys !== null)
      await answerForKeys(tx, { id, keys: terms.keys, stewardId: caller.id })
    const row = await tx
      .updateTable('workloadTrust')
      .set({ ...terms, ...(conditions === undefined ? {} : { conditions: JSON.stringify(conditions) }) })
      .where('id', '=', id)
      .where('endedAt', 'is', null)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw notFound('This pipeline')
    const { userId, repositoryId, access } = row
    await giveRole(tx, { userId, repositoryId, access, createdBy: caller.id, at })
    await endMachineTokens(tx, { userId, at })
    await cut(tx, userId, at)
    await recordTrustEvent(tx, 'workload.changed', { caller, seal, place, row, at }, termsOf(row))
  })
}

/** Whoever gives other keys looks after the pipeline from then on: with their access, what they gave stands still. */
const answerForKeys = (
  tx: Tx<TableName>,
  { id, keys, stewardId }: { id: Id<'wlt'>; keys: string; stewardId: Id<'usr'> },
) =>
  tx
    .updateTable('workloadTrust')
    .set({ stewardId, adoptBy: null })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .where((eb) => eb.or([eb('keys', 'is', null), eb('keys', '!=', keys)]))
    .execute()

/** Somebody looks after it from now on, and it goes on. @throws 409 where it waits for nobody */
export async function keepTrust(
  { database }: TrustParts,
  { caller, takeSeal, now }: Act,
  place: RepositoryPlace,
  id: Id<'wlt'>,
): Promise<void> {
  await database.write(async (tx) => {
    const seal = await takeSeal(tx)
    const row = await tx
      .updateTable('workloadTrust')
      .set({ stewardId: caller.id, adoptBy: null })
      .where('id', '=', id)
      .where('endedAt', 'is', null)
      .where('adoptBy', 'is not', null)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined)
      throw conflict('not-left-behind', 'Somebody looks after this pipeline already.', { help: nothingLeft })
    await recordTrustEvent(tx, 'workload.kept', { caller, seal, place, row, at: now() })
  })
}

const giveRole = (
  tx: Tx<TableName>,
  given: {
    userId: Id<'usr'>
    repositoryId: Id<'rep'>
    access: WorkloadTrustTable['access']
    createdBy: Id<'usr'>
    at: number
  },
) =>
  givenRoles.give(tx, {
    userId: given.userId,
    grants: [{ scopeKind: 'repository', scopeId: given.repositoryId, role: roleOf[given.access] }],
    createdBy: given.createdBy,
    at: given.at,
  })

const termsOf = ({ issuer, audience, conditions, access, lifetimeMinutes, runHours, keys }: WorkloadTrustTable) => ({
  issuer,
  audience,
  conditions: (JSON.parse(conditions) as Condition[]).map(({ claim, value }) => `${claim}=${value}`).join(' '),
  access,
  lifetimeMinutes,
  runHours,
  keys: keys === null ? 'asked' : 'given',
})
