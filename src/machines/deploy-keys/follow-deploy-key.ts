import type { AuditActor } from '../../audit/entry.ts'
import type { Tx } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import type { DeployKeyTable, TableName } from '../../database/schema.ts'
import { conflict } from '../../http/problem.ts'
import { getSetting } from '../../identity/settings.ts'
import type { SshPublicKey } from '../../protocols/ssh/public-key.ts'
import { insertDeployKey } from './add-deploy-key.ts'
import { endKeys } from './end-deploy-keys.ts'
import { dayMs } from './lifetime.ts'
import type { DeployKeyParts } from './parts.ts'
import { recordKeyEvent } from './record.ts'

/**
 * Gives a key a successor with the same rights, for as long as the key itself was given. The former one ends when that is
 * first used (`use-deploy-key.ts`), or after the overlap. One that was never used may be replaced; that prolongs nothing.
 * @throws 409 where the key has ended, or the new one is somebody's
 */
export async function followDeployKey(
  tx: Tx<TableName>,
  oldId: Id<'dpk'>,
  next: {
    key: Pick<SshPublicKey, 'blob' | 'type' | 'fingerprint'>
    overlapDays: number
    actor: AuditActor
    at: number
    address?: string
    facts?: Record<string, string>
  } & Pick<DeployKeyParts, 'cut'>,
): Promise<DeployKeyTable> {
  const { key, overlapDays, actor, at, address, facts, cut } = next
  // Its row is what two who follow it at once queue for.
  const old = await tx
    .updateTable('deployKey')
    .set((eb) => ({ expiresAt: eb.ref('expiresAt') }))
    .where('id', '=', oldId)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)
    .returningAll()
    .executeTakeFirst()
  if (old === undefined) throw conflict('key-ended', 'This deploy key has ended.')
  const waiting = await findWaiting(tx, old)
  if (waiting?.fingerprint === key.fingerprint) return waiting
  if (old.predecessorId !== null && old.lastUsedAt === null)
    throw conflict('key-not-used', 'This key takes the place of another and was never used.', {
      help: 'Use it once, and then make the next.',
    })
  const lifeMs = Math.min(lifeOf(waiting ?? old), (await getSetting(tx, 'deployKeyDays')) * dayMs)
  if (waiting !== undefined) await endKeys(tx, [waiting.id], { at, endedBy: 'rotation', cut, record: async () => {} })
  const successor = await insertDeployKey(
    tx,
    {
      id: newId('dpk'),
      repositoryId: old.repositoryId,
      userId: old.userId,
      name: old.name,
      access: old.access,
      createdAt: at,
      createdBy: old.createdBy,
      stewardId: old.stewardId,
      adoptBy: old.adoptBy,
      expiresAt: at + lifeMs,
      rotateEveryDays: old.rotateEveryDays,
      overlapDays: old.overlapDays,
      predecessorId: old.id,
    },
    key,
  )
  const endsBy = waiting === undefined ? Math.min(old.expiresAt, at + overlapDays * dayMs) : old.expiresAt
  await tx
    .updateTable('deployKey')
    .set({
      successorId: successor.id,
      expiresAt: endsBy,
      ...(waiting === undefined ? { expirySetAt: at, warnedDays: null } : {}),
    })
    .where('id', '=', old.id)
    .execute()
  await recordKeyEvent(tx, 'deploy-key.rotated', old, {
    actor,
    at,
    ...(address === undefined ? {} : { address }),
    facts: { successor: successor.fingerprint, endsBy, ...facts },
  })
  return successor
}

const findWaiting = async (tx: Tx<TableName>, { successorId }: DeployKeyTable): Promise<DeployKeyTable | undefined> =>
  successorId === null
    ? undefined
    : tx
        .selectFrom('deployKey')
        .selectAll()
        .where('id', '=', successorId)
        .where('endedAt', 'is', null)
        .executeTakeFirst()

/** As long as it was given when it was made. */
const lifeOf = ({ createdAt, expiresAt, rotateEveryDays, overlapDays }: DeployKeyTable): number =>
  rotateEveryDays === null || overlapDays === null ? expiresAt - createdAt : (rotateEveryDays + overlapDays) * dayMs
