import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { ProblemError } from '../../http/problem.ts'
import { findUserById } from '../users.ts'

/** For whoever holds a passkey that a recovery has suspended, and has just proven it: was that them? */
export async function suspendedProblem(db: Db<'recovery' | 'user'>, id: Id<'rcv'>): Promise<ProblemError> {
  const row = await db.selectFrom('recovery').selectAll().where('id', '=', id).executeTakeFirst()
  const by = row?.startedBy == null ? undefined : await findUserById(db, row.startedBy)
  return new ProblemError(403, 'passkey-suspended', 'Somebody is getting back into your account. Was it you?', {
    detail:
      by === undefined
        ? `One of your recovery codes was used${row?.address ? ` from ${row.address}` : ''}. Until that is settled, this passkey can only cancel it.`
        : `${by.displayName} lets somebody back in as you. Until that is settled, this passkey can only cancel it.`,
    help: 'If it was not you, cancel it with one tap on this passkey.',
    ...(row === undefined ? {} : { expiresAt: row.newCredentialId === null ? row.expiresAt : row.cancelUntil }),
  })
}
