import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { recordAddress } from './account-addresses.ts'
import { plain, type User } from './users.ts'

/** What a directory says of somebody it manages. @returns whether that changed anything */
export async function changeManagedPerson(
  tx: Tx<'user' | 'accountAddress'>,
  { id, displayName, email }: Pick<User, 'id' | 'displayName' | 'email'>,
  said: Pick<User, 'displayName' | 'email'>,
  at: number,
): Promise<boolean> {
  const changes = {
    ...(plain(said.displayName) === displayName ? {} : { displayName: plain(said.displayName) }),
    ...(said.email === email ? {} : { email: said.email, emailVerifiedAt: null }),
  }
  if (Object.keys(changes).length === 0) return false
  await tx.updateTable('user').set(changes).where('id', '=', id).execute()
  // It is the directory's word that the address is theirs.
  if (said.email !== email) await recordAddress(tx, { id, email: said.email }, { provenAt: at, at })
  return true
}

/** Hands a person over to another keeper, from the one who is known to have them. @returns whether they still had them */
export async function handOver(tx: Tx<'user'>, id: Id<'usr'>, from: string, to: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('user')
    .set({ managedBy: to })
    .where('id', '=', id)
    .where('managedBy', '=', from)
    .executeTakeFirst()
  return Number(numUpdatedRows) === 1
}
