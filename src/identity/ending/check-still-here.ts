import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { OrganisationRole } from '../../database/schema.ts'
import { ProblemError } from '../../http/problem.ts'
import type { Caller } from '../caller.ts'
import { strongestRole } from '../recompute-role.ts'

/**
 * Asked in the transaction of whatever lasts: what somebody was let in for must not come true after their access has
 * ended. The row's lock makes the end and this wait for each other. @returns what they are by now @throws 403
 */
export async function checkStillHere(tx: Tx<'user'>, userId: Id<'usr'>): Promise<OrganisationRole> {
  const user = await tx
    .updateTable('user')
    .set((eb) => ({ generation: eb.ref('generation') }))
    .where('id', '=', userId)
    .where('state', '=', 'active')
    .returning('role')
    .executeTakeFirst()
  if (user === undefined)
    throw new ProblemError(403, 'access-ended', 'The access this was to be done with has ended.', {
      help: 'Ask an administrator.',
    })
  return user.role
}

/**
 * The same of who was let in as something: a request may have taken its time, and nobody does with it what they could do
 * when it began, and can no longer. @throws 403
 */
export async function checkStillAs(
  tx: Tx<'user'>,
  { id, role: former }: Pick<Caller, 'id' | 'role'>,
): Promise<OrganisationRole> {
  const role = await checkStillHere(tx, id)
  if (strongestRole([role, former]) === role) return role
  throw new ProblemError(403, 'role-changed', 'Your role in the organisation has changed meanwhile.', {
    help: 'Reload the page to see what you may do now, or ask an administrator.',
  })
}
