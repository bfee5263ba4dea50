import type { Tx } from '../database/handles.ts'
import type { User } from './users.ts'

/**
 * Gives a person whom nobody manages, and who has shown that their address is theirs, to a directory or domain. @returns
 * false where somebody manages them by now, their access has ended, or their address is no longer the one that was judged
 */
export async function takeIntoManagement(
  tx: Tx<'user'>,
  { id, email }: Pick<User, 'id' | 'email'>,
  managedBy: string,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('user')
    .set({ managedBy })
    .where('id', '=', id)
    .where('state', '=', 'active')
    .where('managedBy', 'is', null)
    .where('email', '=', email)
    .where('emailVerifiedAt', 'is not', null)
    .executeTakeFirst()
  return Number(numUpdatedRows) === 1
}
