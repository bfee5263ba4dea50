import type { OrganisationRole } from '../database/schema.ts'
import { forbidden } from '../http/problem.ts'
import type { Caller } from './caller.ts'

/** Only an owner makes owners and administrators, or touches one. */
export const mayGive = (caller: Pick<Caller, 'role'>, role: OrganisationRole): boolean =>
  caller.role === 'owner' || role === 'member' || role === 'guest'

/** The same. @throws 403 */
export function checkMayGive(caller: Pick<Caller, 'role'>, role: OrganisationRole): void {
  if (mayGive(caller, role)) return
  throw forbidden('Only an owner can add owners and administrators.', 'Ask an owner, or add the person as a member.')
}
