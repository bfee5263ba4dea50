import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { OrganisationRole } from '../database/schema.ts'

const ladder: readonly OrganisationRole[] = ['guest', 'member', 'admin', 'owner']

export const strongestRole = (roles: readonly OrganisationRole[]): OrganisationRole =>
  ladder[Math.max(0, ...roles.map((role) => ladder.indexOf(role)))] ?? 'guest'

/**
 * Makes somebody's role what they are by themselves or through their groups, whichever is more; in the transaction that
 * changes one of those. Whom a directory brought is a member at least. Owners stay owners, agents what they are.
 * @returns the former and the new role where it changed
 */
export async function recomputeRole(
  tx: Tx<'user'>,
  userId: Id<'usr'>,
): Promise<{ former: OrganisationRole; role: OrganisationRole } | undefined> {
  // Takes the row first: of two groups changed at once, the second sees what the first did.
  const user = await tx
    .updateTable('user')
    .set((eb) => ({ role: eb.ref('role') }))
    .where('id', '=', userId)
    .returning(['kind', 'role', 'baseRole', 'managedBy'])
    .executeTakeFirst()
  if (user === undefined || user.kind !== 'person' || user.role === 'owner') return undefined
  const given = await tx
    .selectFrom('groupMember')
    .innerJoin('userGroup', 'userGroup.id', 'groupMember.groupId')
    .select('userGroup.organisationRole')
    .where('groupMember.userId', '=', userId)
    .where('userGroup.organisationRole', 'is not', null)
    .execute()
  const base = user.baseRole ?? user.role
  const own: OrganisationRole[] = user.managedBy?.startsWith('dir_') === true ? [base, 'member'] : [base]
  const role = strongestRole([...own, ...given.flatMap(({ organisationRole }) => organisationRole ?? [])])
  const baseRole = role === base ? null : base
  if (role !== user.role || baseRole !== user.baseRole)
    await tx.updateTable('user').set({ role, baseRole }).where('id', '=', userId).execute()
  return role === user.role ? undefined : { former: user.role, role }
}
