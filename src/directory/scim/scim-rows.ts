import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { prepared } from '../../database/prepared.ts'
import type { ScimUserTable, UserTable } from '../../database/schema.ts'

/** A person as the directory knows them, beside their account. */
export type ScimUser = ScimUserTable &
  Pick<UserTable, 'username' | 'state' | 'role' | 'email' | 'managedBy'> & { shownName: string }

export const selectScimUsers = (db: Db<'scimUser' | 'user'>) =>
  db
    .selectFrom('scimUser')
    .innerJoin('user', 'user.id', 'scimUser.userId')
    .selectAll('scimUser')
    .select([
      'user.username',
      'user.state',
      'user.role',
      'user.email',
      'user.managedBy',
      'user.displayName as shownName',
    ])

interface ByKey {
  connectionId: Id<'dir'>
  key: string
}

/** The person of this connection with this id, unless the directory deleted them. Another connection's is nobody. */
export const findScimUser = async (
  db: Db<'scimUser' | 'user'>,
  connectionId: Id<'dir'>,
  id: string,
): Promise<ScimUser | undefined> => (isId(id) ? (await byId(db, { connectionId, key: id }))[0] : undefined)

/** What stands in a path may be anything; not all of it can be asked of a store. */
export const isId = (id: string): boolean => /^\w{1,64}$/.test(id)

const byId = prepared((db: Db<'scimUser' | 'user'>, { connectionId, key }: ByKey) =>
  selectScimUsers(db)
    .where('scimUser.userId', '=', key as Id<'usr'>)
    .where('scimUser.connectionId', '=', connectionId)
    .where('scimUser.deletedAt', 'is', null),
)

/** The one of this name, also when the directory deleted them. */
export const findScimUserByName = async (
  db: Db<'scimUser' | 'user'>,
  connectionId: Id<'dir'>,
  userNameKey: string,
): Promise<ScimUser | undefined> => (await byName(db, { connectionId, key: userNameKey }))[0]

const byName = prepared((db: Db<'scimUser' | 'user'>, { connectionId, key }: ByKey) =>
  selectScimUsers(db).where('scimUser.connectionId', '=', connectionId).where('scimUser.userNameKey', '=', key),
)
