import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { ProblemError } from '../../http/problem.ts'

/**
 * Asked in the transaction of whatever lasts: what somebody was let in for must not come true after their access has
 * ended. The row's lock makes the end and this wait for each other. @throws 403
 */
export async function checkStillHere(tx: Tx<'user'>, userId: Id<'usr'>): Promise<void> {
  const user = await tx
    .updateTable('user')
    .set((eb) => ({ generation: eb.ref('generation') }))
    .where('id', '=', userId)
    .where('state', '=', 'active')
    .returning('id')
    .executeTakeFirst()
  if (user === undefined)
    throw new ProblemError(403, 'access-ended', 'The access this was to be done with has ended.', {
      help: 'Ask an administrator.',
    })
}
