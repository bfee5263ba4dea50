import { namePerson } from '../../audit/name-person.ts'
import type { Database, Tx } from '../../database/handles.ts'
import type { DeployKeyTable, TableName } from '../../database/schema.ts'
import { endByItself } from './end-deploy-keys.ts'
import { dayMs, dueAt, warningOf } from './lifetime.ts'
import type { DeployKeyParts } from './parts.ts'
import { forgetLostKeys } from './forget-lost-keys.ts'
import { recordKeyEvent } from './record.ts'
import { findUserById } from '../../identity/users.ts'

/**
 * Says that a new key is due, warns 14, 7 and 1 days before one ends, and ends what is over. Every login asks for the
 * date itself, so being late here gives nothing. Safe to repeat, and to run on several nodes: each is said once.
 */
export async function lookAfterDeployKeys({ database, cut, now }: Omit<DeployKeyParts, 'policy'>): Promise<void> {
  const at = now()
  for (const key of await listToLookAt(database, at))
    await database.write(async (tx) => {
      if (at >= key.expiresAt) return expire(tx, key, at, cut)
      if (key.adoptBy !== null && at >= key.adoptBy) return endUnkept(tx, key, at, cut)
      await tellDue(tx, key, at)
      await warn(tx, key, at)
    })
  await forgetLostKeys(database, at)
}

/** Those of which something may have to be said. */
async function listToLookAt({ read }: Pick<Database, 'read'>, at: number): Promise<DeployKeyTable[]> {
  const rows = await read
    .selectFrom('deployKey')
    .selectAll()
    .where('endedAt', 'is', null)
    .where((eb) =>
      eb.or([
        eb('expiresAt', '<=', at + 14 * dayMs),
        eb('adoptBy', '<=', at),
        eb.and([eb('rotateEveryDays', 'is not', null), eb('dueToldAt', 'is', null)]),
      ]),
    )
    .orderBy('id')
    .execute()
  return rows.filter(
    (key) =>
      at >= key.expiresAt ||
      (key.adoptBy !== null && at >= key.adoptBy) ||
      isDueUntold(key, at) ||
      warningOf(key, at) !== undefined,
  )
}

const isDueUntold = (key: DeployKeyTable, at: number): boolean =>
  key.dueToldAt === null && (dueAt(key) ?? Infinity) <= at

type Cut = DeployKeyParts['cut']

async function expire(tx: Tx<TableName>, key: DeployKeyTable, at: number, cut: Cut): Promise<void> {
  // Somebody may have prolonged it meanwhile.
  if (!(await isStillPast(tx, key.id, { date: 'expiresAt', at }))) return
  const reason = key.successorId === null ? 'its time is over' : 'the key that takes its place was not used in time'
  await endByItself(tx, key.id, { at, endedBy: 'expiry', reason, actor: null, cut })
}

async function endUnkept(tx: Tx<TableName>, key: DeployKeyTable, at: number, cut: Cut): Promise<void> {
  // Somebody may have kept it meanwhile.
  if (!(await isStillPast(tx, key.id, { date: 'adoptBy', at }))) return
  const steward = await findUserById(tx, key.stewardId)
  const reason = namePerson('reason', steward, (name) => `${name}, who looked after it, has left, and nobody kept it`)
  await endByItself(tx, key.id, { at, endedBy: 'left-behind', reason, actor: null, cut })
}

async function isStillPast(
  tx: Tx<TableName>,
  id: DeployKeyTable['id'],
  { date, at }: { date: 'expiresAt' | 'adoptBy'; at: number },
): Promise<boolean> {
  const past = tx.selectFrom('deployKey').select('id').where('id', '=', id).where(date, '<=', at)
  return (await past.executeTakeFirst()) !== undefined
}

async function tellDue(tx: Tx<TableName>, key: DeployKeyTable, at: number): Promise<void> {
  if (!isDueUntold(key, at)) return
  const told = await tx
    .updateTable('deployKey')
    .set({ dueToldAt: at })
    .where('id', '=', key.id)
    .where('dueToldAt', 'is', null)
    .where('successorId', 'is', null)
    .where('endedAt', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (told !== undefined)
    await recordKeyEvent(tx, 'deploy-key.rotation-due', told, {
      actor: null,
      at,
      facts: { access: told.access, expiresAt: told.expiresAt, overlapDays: told.overlapDays ?? 0 },
    })
}

async function warn(tx: Tx<TableName>, key: DeployKeyTable, at: number): Promise<void> {
  const days = warningOf(key, at)
  if (days === undefined) return
  const warned = await tx
    .updateTable('deployKey')
    .set({ warnedDays: days })
    .where('id', '=', key.id)
    .where('endedAt', 'is', null)
    .where('expiresAt', '=', key.expiresAt)
    .where((eb) => eb.or([eb('warnedDays', 'is', null), eb('warnedDays', '>', days)]))
    .returningAll()
    .executeTakeFirst()
  if (warned === undefined) return
  await recordKeyEvent(tx, 'deploy-key.expiring', warned, {
    actor: null,
    at,
    facts: { days, expiresAt: warned.expiresAt, reason: reasonOf(warned), lastUsedAt: warned.lastUsedAt ?? 0 },
  })
}

/** Why it ends, and so what helps. */
export function reasonOf({
  successorId,
  rotateEveryDays,
}: Pick<DeployKeyTable, 'successorId' | 'rotateEveryDays'>): string {
  if (successorId !== null) return 'the key that takes its place was not used yet'
  return rotateEveryDays === null ? 'its time is over then' : 'no new key has taken its place yet'
}
