import type { Db } from '../database/handles.ts'
import { ProblemError } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import { strongestRole } from '../identity/recompute-role.ts'
import { coversRole, findRepositoryRole } from './access.ts'
import { askToWrite } from './judge-ref-update.ts'
import type { RepositoryPlace } from './place.ts'
import type { Push } from './push-parts.ts'

// A push takes as long as whoever sends it likes, and was let in before its first byte.

/** Whoever pushes, as what they came in with proves them now; undefined where it has ended, or a rule keeps it out. */
export async function recognisePusher({ recognise }: Pick<Push, 'recognise'>): Promise<Caller | undefined> {
  try {
    return await recognise()
  } catch (error) {
    if (error instanceof ProblemError) return undefined
    throw error
  }
}

/** The same, for what is to land at once. @throws 403 `access-ended` */
export async function getPusher(push: Pick<Push, 'recognise'>): Promise<Caller> {
  const caller = await recognisePusher(push)
  if (caller === undefined)
    throw accessEnded('Your access ended while this push was under way, so it did not land.', 'Ask an administrator.')
  return caller
}

/** Asked in the transaction that lets it land: the place by the role that they have now. @throws 403 `access-ended` */
export async function checkStillWrites(
  db: Db<'roleGrant' | 'groupMember' | 'user'>,
  place: RepositoryPlace,
  caller: Caller,
): Promise<RepositoryPlace> {
  const role = await findRepositoryRole(db, { ...caller, role: await readLesserRole(db, caller) }, place.repository)
  if (role === undefined || !coversRole(role, 'write'))
    throw accessEnded('You may not write here any more, so this did not land.', askToWrite)
  return { ...place, role }
}

/** In the organisation: what they came in as, or what they are by now where that is less. */
async function readLesserRole(db: Db<'user'>, { id, role }: Pick<Caller, 'id' | 'role'>): Promise<Caller['role']> {
  const user = await db.selectFrom('user').select('role').where('id', '=', id).executeTakeFirst()
  return user !== undefined && strongestRole([user.role, role]) === role ? user.role : role
}

const accessEnded = (sentence: string, help: string): ProblemError =>
  new ProblemError(403, 'access-ended', sentence, { help })
