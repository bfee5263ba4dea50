import { recordEvent } from '../../audit/record.ts'
import type { Database, Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { BreakGlassTable } from '../../database/schema.ts'
import { conflict, forbidden, notFound, nothingLeft } from '../../http/problem.ts'
import type { Act } from '../act.ts'
import { actorOf, type Caller } from '../caller.ts'
import { findCredentialRecord } from '../credential-records.ts'
import { type RecoveryStops, stopEverything } from '../recovery/begin-recovery.ts'
import { lockPerson, voidWaysBack } from '../recovery/void-ways-back.ts'
import { findUserById, type User } from '../users.ts'
import { endRecoveriesSince } from './end-recoveries.ts'
import { hasPasskeyFromBefore, hasRisenSince, isFromBefore, isRaisedSince } from './from-before.ts'

/**
 * A use that waits for review, by somebody who was there before it: neither whom it let in, nor anybody they have added
 * since, or made an administrator, or let into somebody's account. @throws 403, 404, 409
 */
export async function getReviewable(
  db: Db<'breakGlass' | 'user' | 'auditEvent' | 'credentialRecord' | 'seal' | 'groupMember' | 'userGroup'>,
  caller: Pick<Caller, 'id'>,
  id: string,
): Promise<{ row: BreakGlassTable & { usedAt: number }; user: User }> {
  const row = await db
    .selectFrom('breakGlass')
    .selectAll()
    .where('id', '=', id as Id<'bgc'>)
    .executeTakeFirst()
  const user = row && (await findUserById(db, row.userId))
  const reviewer = await findUserById(db, caller.id)
  if (row === undefined || user === undefined || reviewer === undefined) throw notFound('This break-glass code')
  const { usedAt } = row
  if (usedAt === null) throw notUsed()
  if (row.reviewedAt !== null) throw alreadyReviewed()
  if (caller.id === row.userId || caller.id === row.createdBy)
    throw forbidden('Whoever came in by the code, or made it, does not review that.', 'Ask another administrator.')
  if (reviewer.createdAt >= usedAt)
    throw forbidden('Only somebody who was here before the code was used reviews that.', 'Ask another administrator.')
  if ((await hasRisenSince(db, caller.id, usedAt)) || (await isRaisedSince(db, reviewer, usedAt)))
    throw forbidden(
      'Only somebody who was as much before the code was used reviews that.',
      'Ask another administrator.',
    )
  if (!(await hasPasskeyFromBefore(db, caller.id, usedAt))) throw onlyFromBefore()
  return { row: { ...row, usedAt }, user }
}

export const notUsed = () =>
  conflict('not-used', 'This code was not used: there is nothing to review.', { help: 'Come back when it was used.' })

const alreadyReviewed = () => conflict('already-reviewed', 'Somebody has reviewed this already.', { help: nothingLeft })

const onlyFromBefore = () =>
  forbidden(
    'Only a passkey that was here before the code was used reviews that.',
    'Tap with one that you had before, or ask another administrator.',
  )

/** Closes the emergency: what was done is looked at, and the passkey of it ends unless it is to stay. */
export async function reviewBreakGlass(
  { database, stops }: { database: Database; stops: RecoveryStops },
  { caller, takeSeal, now }: Act,
  { id, keepPasskey }: { id: string; keepPasskey: boolean },
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const { row, user } = await getReviewable(tx, caller, id)
    const seal = await takeSeal(tx)
    const tapped = await findCredentialRecord(tx, caller.id, seal.credentialRecordId)
    if (tapped === undefined || !(await isFromBefore(tx, tapped, row.usedAt))) throw onlyFromBefore()
    await lockPerson(tx, user.id)
    const closed = await tx
      .updateTable('breakGlass')
      .set({ reviewedAt: at, reviewedBy: caller.id, reviewSealId: seal.id })
      .where('id', '=', row.id)
      .where('reviewedAt', 'is', null)
      .returning(['id', 'newCredentialId'])
      .executeTakeFirst()
    if (closed === undefined) throw alreadyReviewed()
    // A link that is still out would let somebody in after the review.
    if (row.linkId !== null)
      await tx
        .updateTable('registrationLink')
        .set({ consumedAt: at })
        .where('id', '=', row.linkId)
        .where('consumedAt', 'is', null)
        .execute()
    const { newCredentialId } = closed
    if (newCredentialId !== null && !keepPasskey) {
      const since = { userId: user.id, since: row.usedAt }
      const cameBack = await endRecoveriesSince(tx, stops, since, { actor: actorOf(caller, seal), sealId: seal.id, at })
      for (const id of [newCredentialId, ...cameBack]) await endPasskeyAndBehind(tx, id, { sealId: seal.id, at })
      // Whoever came in may have joined the account with one of theirs elsewhere.
      await stopEverything(tx, { ...stops, kinds: stops.kindsOfShell }, user, at)
      await stops.endShown(tx, user.id, { since: row.usedAt, caller, at, seal })
      await voidWaysBack(tx, user.id, { since: row.usedAt, at })
    }
    await recordEvent(tx, {
      action: 'break-glass.reviewed',
      actor: actorOf(caller, seal),
      target: { kind: 'break-glass', id: row.id },
      facts: {
        person: user.username,
        outcome: newCredentialId === null ? 'nobody came in' : keepPasskey ? 'its passkey stays' : 'its passkey ended',
        seal: seal.id,
      },
      at,
    })
  })
}

/** The passkey, and whatever was added with a tap on it, and so on. */
async function endPasskeyAndBehind(
  tx: Tx<'credentialRecord'>,
  id: Id<'crd'>,
  by: { sealId: Id<'sea'>; at: number },
): Promise<void> {
  await tx
    .updateTable('credentialRecord')
    .set({ endedAt: by.at, endedBy: by.sealId })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .execute()
  const behind = await tx
    .selectFrom('credentialRecord')
    .select('id')
    .where('enrolledVia', '=', 'credential')
    .where('endedAt', 'is', null)
    .where('endorsedBy', 'in', (eb) =>
      eb.selectFrom('seal').select('seal.id').where('seal.credentialRecordId', '=', id),
    )
    .execute()
  for (const next of behind) await endPasskeyAndBehind(tx, next.id, by)
}
