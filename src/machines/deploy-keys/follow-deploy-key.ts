import type { AuditActor } from '../../audit/entry.ts'
import type { Db, Tx } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import type { DeployKeyTable, TableName } from '../../database/schema.ts'
import { checkPause } from '../../http/check-pause.ts'
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
 * @throws 409 where the key has ended, or the new one is somebody's; 429 where the key itself asks too often
 */
export async function followDeployKey(
  tx: Tx<TableName>,
  oldId: Id<'dpk'>,
  next: {
    key: Pick<SshPublicKey, 'blob' | 'type' | 'fingerprint'>
    overlapDays: number
    /** The key itself asks, and nobody tapped. */
    byItself: boolean
    actor: AuditActor
    at: number
    address?: string
    facts?: Record<string, string>
  } & Pick<DeployKeyParts, 'cut'>,
): Promise<DeployKeyTable> {
  const { key, overlapDays, byItself, actor, at, address, facts, cut } = next
  // Its row is what two who follow it at once queue for.
  const old = await tx
    .updateTable('deployKey')
    .set((eb) => ({ expiresAt: eb.ref('expiresAt') }))
    .where('id', '=', oldId)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)
    .returningAll()
    .executeTakeFirst()
  if (old === undefined)
    throw conflict('key-ended', 'This deploy key has ended.', {
      help: 'Ask an administrator of the repository to add a new one.',
    })
  const waiting = await findWaiting(tx, old)
  if (waiting?.fingerprint === key.fingerprint) return waiting
  if (old.predecessorId !== null && old.lastUsedAt === null)
    throw conflict('key-not-used', 'This key takes the place of another and was never used.', {
      help: 'Use it once, and then make the next.',
    })
  if (byItself) await checkOwnTurn(tx, { latest: waiting ?? old, fingerprint: key.fingerprint, at })
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
  const endsBy = Math.min(old.expiresAt, at + overlapDays * dayMs)
  await tx
    .updateTable('deployKey')
    .set({
      successorId: successor.id,
      expiresAt: endsBy,
      ...(waiting === undefined || endsBy < old.expiresAt ? { expirySetAt: at, warnedDays: null } : {}),
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

const pauseMs = 10 * 60_000

/**
 * What was signed once can be shown again by whoever saw it: it brings back nothing that ended. And each new key leaves a
 * row behind, so there is a pause between them. @throws 409, 429
 */
async function checkOwnTurn(
  db: Db<'deployKey'>,
  { latest, fingerprint, at }: { latest: DeployKeyTable; fingerprint: string; at: number },
): Promise<void> {
  const former = await db
    .selectFrom('deployKey')
    .select('id')
    .where('fingerprint', '=', fingerprint)
    .where('endedAt', 'is not', null)
    .executeTakeFirst()
  if (former !== undefined)
    throw conflict('key-was-here', 'This key was a deploy key before, and has ended.', { help: 'Make a new one.' })
  if (latest.predecessorId !== null)
    checkPause(
      { doneAt: latest.createdAt, pauseMs, at },
      { code: 'rotated-already', title: 'This deploy key has got a successor just now.' },
    )
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
