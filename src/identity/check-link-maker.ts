import type { Db } from '../database/handles.ts'
import { ProblemError } from '../http/problem.ts'
import { isAdmin } from './caller.ts'
import { isOver } from './guests/is-over.ts'
import { mayGive } from './may-give.ts'
import type { RegistrationLink } from './registration-links.ts'
import { findUserById, type User } from './users.ts'

/**
 * Whoever made a link knows it, and is judged by what they may do on the day it is used, as whoever invites is: for
 * somebody whom a group has made an administrator since, no administrator's link counts, nor the one of a recovery that
 * somebody began who is no administrator any more. @throws 410
 */
export async function checkLinkMaker(
  db: Db<'user'>,
  { purpose, createdBy }: Pick<RegistrationLink, 'purpose' | 'createdBy'>,
  { role }: Pick<User, 'role'>,
  at: number,
): Promise<void> {
  if ((purpose !== 'invitation' && purpose !== 'recovery') || createdBy === null) return
  const maker = await findUserById(db, createdBy)
  if (maker === undefined || !mayLetIn(maker, role, at))
    throw new ProblemError(410, 'link-used', 'Whoever made this link may no longer let you in.', {
      help:
        purpose === 'recovery'
          ? 'Ask another administrator to cancel it under Getting back in, and to let you in themselves.'
          : 'Ask another administrator for a new one.',
    })
}

/** Whether a link that they made counts today, for somebody of this role. */
export const mayLetIn = (maker: Pick<User, 'state' | 'role' | 'endsAt'>, role: User['role'], at: number): boolean =>
  maker.state === 'active' && !isOver(maker, at) && isAdmin(maker) && mayGive(maker, role)
