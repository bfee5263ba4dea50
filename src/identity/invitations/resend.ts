import { recordEvent } from '../../audit/record.ts'
import type { Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { InvitationTable, TableName } from '../../database/schema.ts'
import { conflict, forbidden, lookAgain, notFound } from '../../http/problem.ts'
import type { Act } from '../act.ts'
import { actorOf, type Caller } from '../caller.ts'
import { linkUrl } from '../registration-links.ts'
import { givesMoreThan } from './above-caller.ts'
import type { Grant } from './grant-places.ts'
import { checkMail, type InvitationParts, type Made, makeLink, sendLink } from './invite.ts'
import { endLink, withdraw } from './withdraw.ts'

/** The invitation, where it is still to be accepted and the caller could have made it. @throws 403, 404, 409 */
export async function getOpenInvitation(
  db: Db<'invitation' | 'userGroup'>,
  caller: Pick<Caller, 'role'>,
  id: string,
): Promise<InvitationTable> {
  const row = await db
    .selectFrom('invitation')
    .selectAll()
    .where('id', '=', id as Id<'inv'>)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This invitation')
  if (await givesMoreThan(db, caller, row))
    throw forbidden('This invitation gives more than you may give.', 'Ask an owner.')
  if (row.acceptedAt !== null)
    throw conflict('invitation-over', 'This invitation was accepted.', { help: 'Look for the person under People.' })
  if (row.withdrawnAt !== null)
    throw conflict('invitation-over', 'This invitation was withdrawn.', { help: 'Invite the person anew.' })
  return row
}

/**
 * A new link for another week, in the name of whoever sends it: the old link is void from then on, and what the
 * invitation gives is judged by the new sender's role.
 */
export async function resendInvitation(
  parts: InvitationParts,
  { caller, takeSeal, now }: Act,
  { id, byMail = parts.queueLetter !== null }: { id: string; byMail?: boolean | undefined },
): Promise<Made> {
  checkMail(parts, byMail)
  return parts.database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const former = await getOpenInvitation(tx, caller, id)
    if (former.endsAt !== null && former.endsAt <= at)
      throw conflict('invitation-over', 'The access it would give has ended by now.', {
        help: 'Invite the person anew.',
      })
    await endLink(tx, former, at)
    const { id: linkId, token, expiresAt } = await makeLink(tx, caller.id, at)
    const changed = { linkId, expiresAt, createdBy: caller.id, sentAt: byMail ? at : former.sentAt }
    await setOpen(tx, former, changed)
    const row = { ...former, ...changed }
    const link = linkUrl(parts.origin, token)
    if (byMail) {
      const paths = await parts.places.listPaths(tx, JSON.parse(row.grants) as Grant[])
      const named = [...paths.values()].map((path) => ({ path }))
      await sendLink(parts, tx, { row, link, by: caller.displayName, paths: named })
    }
    await recordEvent(tx, {
      action: 'invitation.resent',
      actor: actorOf(caller, seal),
      target: { kind: 'invitation', id: row.id },
      facts: { role: row.role, seal: seal.id },
      personal: { email: row.email },
      at,
    })
    return { row, link: byMail ? null : link }
  })
}

/** Of two who send or withdraw at once, or somebody who accepts meanwhile, one gets the problem. */
async function setOpen(tx: Tx<TableName>, { id, linkId }: InvitationTable, changed: Partial<InvitationTable>) {
  const { numUpdatedRows } = await tx
    .updateTable('invitation')
    .set(changed)
    .where('id', '=', id)
    .where('linkId', '=', linkId)
    .where('acceptedAt', 'is', null)
    .where('withdrawnAt', 'is', null)
    .executeTakeFirst()
  if (Number(numUpdatedRows) !== 1) throw changedMeanwhile()
}

export async function withdrawInvitation(
  { database }: Pick<InvitationParts, 'database'>,
  { caller, takeSeal, now }: Act,
  id: string,
): Promise<void> {
  await database.write(async (tx) => {
    const seal = await takeSeal(tx)
    const row = await getOpenInvitation(tx, caller, id)
    const at = now()
    const actor = actorOf(caller, seal)
    if (!(await withdraw(tx, row, { actor, reason: 'no longer wanted', seal: seal.id, at }))) throw changedMeanwhile()
  })
}

const changedMeanwhile = () =>
  conflict('invitation-over', 'Somebody has just changed this invitation.', { help: lookAgain })
