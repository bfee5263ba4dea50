import { isKeyTaken } from '../../access-keys/ssh-keys/key-taken.ts'
import { orUniqueViolation, type Database, type Tx, UniqueViolation } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import type { DeployKeyTable } from '../../database/schema.ts'
import { conflict } from '../../http/problem.ts'
import type { Act } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import { lockInstance } from '../../identity/lock-instance.ts'
import { createMachineUser } from '../../identity/machine-users.ts'
import { getSetting } from '../../identity/settings.ts'
import type { SshPublicKey } from '../../protocols/ssh/public-key.ts'
import { givenRoles } from '../../repositories/given-roles.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import { checkLifetime, dayMs, daysOf } from './lifetime.ts'
import { readPublicKey } from './read-public-key.ts'
import { recordKeyEvent } from './record.ts'
import type { NewDeployKey } from './shapes.ts'

const mostInOneRepository = 50

/** Makes a deploy key and the actor of what it will do. @throws 409 where the key is somebody's, 422 */
export async function addDeployKey(
  { database }: { database: Database },
  { caller, takeSeal, now }: Act,
  { repository }: RepositoryPlace,
  { name, access, publicKey, ...lifetime }: NewDeployKey,
): Promise<Id<'dpk'>> {
  const key = readPublicKey(publicKey)
  const id = newId('dpk')
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    checkLifetime(lifetime, await getSetting(tx, 'deployKeyDays'))
    await checkRoom(tx, repository.id)
    const machine = await createMachineUser(tx, { name, createdBy: caller.id, at })
    await givenRoles.give(tx, {
      userId: machine.id,
      grants: [{ scopeKind: 'repository', scopeId: repository.id, role: access }],
      createdBy: caller.id,
      at,
    })
    const row: NewRow = {
      id,
      repositoryId: repository.id,
      userId: machine.id,
      name,
      access,
      createdAt: at,
      createdBy: caller.id,
      stewardId: caller.id,
      adoptBy: null,
      expiresAt: at + daysOf(lifetime) * dayMs,
      rotateEveryDays: lifetime.rotation?.everyDays ?? null,
      overlapDays: lifetime.rotation?.overlapDays ?? null,
      predecessorId: null,
    }
    const added = await insertDeployKey(tx, row, key)
    await recordKeyEvent(tx, 'deploy-key.added', added, {
      actor: actorOf(caller, seal),
      at,
      facts: { access, expiresAt: row.expiresAt, seal: seal.id },
    })
  })
  return id
}

/** What is chosen for a key; the rest of its row follows. */
export type NewRow = Pick<
  DeployKeyTable,
  | 'id'
  | 'repositoryId'
  | 'userId'
  | 'name'
  | 'access'
  | 'createdAt'
  | 'createdBy'
  | 'stewardId'
  | 'adoptBy'
  | 'expiresAt'
  | 'rotateEveryDays'
  | 'overlapDays'
  | 'predecessorId'
>

/** @throws 409 where the key is somebody's, or a repository's, already */
export async function insertDeployKey(
  tx: Tx<'deployKey' | 'instance'>,
  chosen: NewRow,
  { blob, type, fingerprint }: Pick<SshPublicKey, 'blob' | 'type' | 'fingerprint'>,
): Promise<DeployKeyTable> {
  await lockInstance(tx)
  if (await isKeyTaken(tx, fingerprint)) throw keyTaken()
  const row: DeployKeyTable = {
    ...chosen,
    publicKey: blob.toString('base64'),
    keyType: type,
    fingerprint,
    expirySetAt: chosen.createdAt,
    dueToldAt: null,
    warnedDays: null,
    successorId: null,
    lastUsedAt: null,
    lastUsedFrom: null,
    endedAt: null,
    endedBy: null,
  }
  try {
    await orUniqueViolation(tx.insertInto('deployKey').values(row).execute())
  } catch (error) {
    if (error instanceof UniqueViolation) throw keyTaken()
    throw error
  }
  return row
}

async function checkRoom(tx: Tx<'deployKey'>, repositoryId: Id<'rep'>): Promise<void> {
  const there = await tx
    .selectFrom('deployKey')
    .select('id')
    .where('repositoryId', '=', repositoryId)
    .where('endedAt', 'is', null)
    .execute()
  if (there.length >= mostInOneRepository)
    throw conflict('too-many-deploy-keys', `A repository has at most ${mostInOneRepository} deploy keys.`, {
      help: 'End one of them first.',
    })
}

const keyTaken = () =>
  conflict('key-taken', 'This key belongs to somebody, or to a repository, already.', {
    help: 'Make a new key for this repository: one key, one place.',
  })
