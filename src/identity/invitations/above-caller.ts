import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { InvitationTable } from '../../database/schema.ts'
import { forbidden } from '../../http/problem.ts'
import type { Caller } from '../caller.ts'
import { mayGive } from '../may-give.ts'

/** Whether it gives more than the caller may give, so that they may neither take it away nor send it in their name. */
export async function givesMoreThan(
  db: Db<'userGroup'>,
  caller: Pick<Caller, 'role'>,
  { role, groups }: Pick<InvitationTable, 'role' | 'groups'>,
): Promise<boolean> {
  if (!mayGive(caller, role)) return true
  const ids = JSON.parse(groups) as Id<'grp'>[]
  if (ids.length === 0) return false
  const found = await db.selectFrom('userGroup').select('organisationRole').where('id', 'in', ids).execute()
  return found.some(({ organisationRole }) => organisationRole !== null && !mayGive(caller, organisationRole))
}

/** A new invitation replaces what is open for its address: never more than who sends it could give. @throws 403 */
export async function refuseReplacingAbove(
  db: Db<'invitation' | 'userGroup'>,
  caller: Pick<Caller, 'role'>,
  { emails, at }: { emails: readonly string[]; at: number },
): Promise<void> {
  const open = await db
    .selectFrom('invitation')
    .select(['email', 'role', 'groups'])
    .where((eb) =>
      eb(
        eb.fn<string>('lower', ['email']),
        'in',
        emails.map((email) => email.toLowerCase()),
      ),
    )
    .where('acceptedAt', 'is', null)
    .where('withdrawnAt', 'is', null)
    .where('expiresAt', '>', at)
    .where((eb) => eb.or([eb('endsAt', 'is', null), eb('endsAt', '>', at)]))
    .execute()
  for (const row of open)
    if (await givesMoreThan(db, caller, row))
      throw forbidden(
        `${row.email} has an open invitation that gives more than you may give, and a new one would replace it.`,
        'Leave the address out, or ask an owner.',
      )
}
