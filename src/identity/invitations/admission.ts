import { recordEvent } from '../../audit/record.ts'
import type { Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { InvitationTable, TableName } from '../../database/schema.ts'
import { ProblemError } from '../../http/problem.ts'
import type { Admission, Opening } from '../admission.ts'
import { isAdmin } from '../caller.ts'
import { isOver } from '../guests/is-over.ts'
import { lockGroup } from '../lock-group.ts'
import { mayGive } from '../may-give.ts'
import { releaseWritten } from '../profile/release-address.ts'
import { recomputeRole } from '../recompute-role.ts'
import { findUserById, type User } from '../users.ts'
import type { Grant, GrantPlaces } from './grant-places.ts'
import { suggestName } from './suggest-name.ts'

/** How an invitation lets somebody in. Who invited is judged by what they may do on the day it is accepted. */
export const invitationAdmission = (places: GrantPlaces): Admission => ({
  async find(db, linkId, at) {
    const row = await findByLink(db, linkId)
    if (row === undefined) return undefined
    const inviter = await getInviter(db, row, at)
    return renderOpening(db, { row, inviter, at })
  },
  async welcome(tx, { linkId, user, at }) {
    const row = await findByLink(tx, linkId)
    if (row === undefined) throw new Error('an invitation that was found is there')
    const { numUpdatedRows } = await tx
      .updateTable('invitation')
      .set({ acceptedAt: at, acceptedBy: user.id })
      .where('id', '=', row.id)
      .where('linkId', '=', linkId)
      .where('acceptedAt', 'is', null)
      .where('withdrawnAt', 'is', null)
      .executeTakeFirst()
    if (Number(numUpdatedRows) !== 1) throw over('This invitation was already accepted, or withdrawn.')
    await releaseWritten(tx, user.email, { to: user.id, broughtBy: user.username, at })
    await recordEvent(tx, {
      action: 'invitation.accepted',
      actor: null,
      method: 'link',
      target: { kind: 'invitation', id: row.id },
      facts: { person: user.username, role: user.role, ...(await carryOut(tx, places, { row, user, at })) },
      personal: { email: row.email },
      at,
    })
  },
})

const findByLink = (db: Db<'invitation'>, linkId: Id<'lnk'>): Promise<InvitationTable | undefined> =>
  db.selectFrom('invitation').selectAll().where('linkId', '=', linkId).executeTakeFirst()

const over = (title: string): ProblemError =>
  new ProblemError(410, 'invitation-over', title, { help: 'Ask whoever invited you for a new one.' })

async function getInviter(db: Db<'user'>, row: InvitationTable, at: number): Promise<User> {
  if (row.acceptedAt !== null) throw over('This invitation was already accepted.')
  if (row.withdrawnAt !== null) throw over('This invitation was withdrawn.')
  if (row.endsAt !== null && row.endsAt <= at) throw over('The access that this invitation gives has ended.')
  const inviter = await findUserById(db, row.createdBy)
  const isHere = inviter?.state === 'active' && !isOver(inviter, at)
  if (inviter === undefined || !isHere || !isAdmin(inviter) || !mayGive(inviter, row.role))
    throw over('Whoever sent this invitation may no longer invite you.')
  return inviter
}

async function renderOpening(
  db: Db<'user'>,
  { row, inviter, at }: { row: InvitationTable; inviter: User; at: number },
): Promise<Opening> {
  const sponsor = row.sponsorId === null ? undefined : await findUserById(db, row.sponsorId)
  const canAnswer = sponsor?.state === 'active' && sponsor.role !== 'guest' && !isOver(sponsor, at)
  const { username, displayName } = suggestName(row.email)
  return {
    email: row.email,
    username,
    displayName,
    role: row.role,
    createdBy: inviter.id,
    endsAt: row.endsAt,
    // Whoever invited answers for them where the other has left meanwhile.
    sponsorId: row.role === 'guest' ? (canAnswer ? sponsor.id : inviter.id) : null,
    by: inviter.displayName,
    message: row.message,
  }
}

/** Groups and places as they are today; what is gone, or is no longer the inviter's to give, is left out and named. */
async function carryOut(
  tx: Tx<TableName>,
  places: GrantPlaces,
  { row, user, at }: { row: InvitationTable; user: User; at: number },
): Promise<Record<string, string>> {
  const wanted = JSON.parse(row.groups) as Id<'grp'>[]
  const found =
    wanted.length === 0
      ? []
      : await tx.selectFrom('userGroup').selectAll().where('id', 'in', wanted).where('managedBy', 'is', null).execute()
  const inviter = await findUserById(tx, row.createdBy)
  const groups: typeof found = []
  for (const group of found) {
    if ((await lockGroup(tx, group)) === 'admin' && inviter?.role !== 'owner') continue
    await tx.insertInto('groupMember').values({ groupId: group.id, userId: user.id, joinedAt: at }).execute()
    groups.push(group)
  }
  await recomputeRole(tx, user.id)
  const grants = JSON.parse(row.grants) as Grant[]
  const paths = await places.listPaths(tx, grants)
  const standing = grants.filter(({ scopeId }) => paths.has(scopeId))
  await places.give(tx, { userId: user.id, grants: standing, createdBy: row.createdBy, at })
  const leftOut = wanted.length - groups.length + grants.length - standing.length
  return {
    by: inviter?.username ?? '',
    groups: groups.map(({ name }) => name).join(', '),
    places: standing.map(({ scopeId, role }) => `${paths.get(scopeId)} (${role})`).join(', '),
    leftOut: String(leftOut),
  }
}
