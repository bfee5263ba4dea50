import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { prepared } from '../database/prepared.ts'
import type { UserTable } from '../database/schema.ts'
import { plain, type User } from './users.ts'

/** What a directory says of somebody it manages. @returns whether that changed anything */
export async function changeManagedPerson(
  tx: Tx<'user'>,
  { id, displayName, email }: Pick<User, 'id' | 'displayName' | 'email'>,
  said: Pick<User, 'displayName' | 'email'>,
): Promise<boolean> {
  const changes = {
    ...(plain(said.displayName) === displayName ? {} : { displayName: plain(said.displayName) }),
    ...(said.email === email ? {} : { email: said.email, emailVerifiedAt: null }),
  }
  if (Object.keys(changes).length === 0) return false
  await tx.updateTable('user').set(changes).where('id', '=', id).execute()
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

/** Everybody who has this address, whoever manages them. Both stores fold the case of ASCII letters alone. */
export const listByAddress = (db: Db<'user'>, email: string): Promise<User[]> =>
  byAddress(db, { key: email.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) })

const byAddress = prepared((db: Db<'user'>, { key }: { key: UserTable['email'] }) =>
  db
    .selectFrom('user')
    .selectAll()
    .where((eb) => eb(eb.fn<string>('lower', ['email']), '=', key))
    .where('kind', '=', 'person'),
)
