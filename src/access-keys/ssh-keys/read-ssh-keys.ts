import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { SshKeyTable } from '../../database/schema.ts'
import { notFound } from '../../http/problem.ts'

/** A person's keys that have not ended, the newest first. */
export const listSshKeys = (db: Db<'sshKey'>, userId: Id<'usr'>): Promise<SshKeyTable[]> =>
  db
    .selectFrom('sshKey')
    .selectAll()
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .execute()

/** @throws 404 */
export async function getSshKey(db: Db<'sshKey'>, userId: Id<'usr'>, id: string): Promise<SshKeyTable> {
  const row = (await listSshKeys(db, userId)).find((key) => key.id === id)
  if (row === undefined) throw notFound('This SSH key')
  return row
}
