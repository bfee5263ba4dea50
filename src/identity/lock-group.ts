import type { Tx } from '../database/handles.ts'
import type { UserGroupTable } from '../database/schema.ts'

/**
 * What a group makes of its members by now. Whoever changes that and whoever changes who is in it queue for its row: of
 * two at once the second sees what the first did, so that nobody keeps a role that no group gives.
 */
export async function lockGroup(
  tx: Tx<'userGroup'>,
  { id }: Pick<UserGroupTable, 'id'>,
): Promise<UserGroupTable['organisationRole']> {
  const row = await tx
    .updateTable('userGroup')
    .set((eb) => ({ name: eb.ref('name') }))
    .where('id', '=', id)
    .returning('organisationRole')
    .executeTakeFirst()
  return row?.organisationRole ?? null
}

/** These groups stay as they are until this transaction is over, and none of them goes; what was going is gone by then. */
export async function lockGroups(tx: Tx<'userGroup'>, ids: readonly UserGroupTable['id'][]): Promise<void> {
  // One after the other, in one order everywhere.
  for (const id of ids.toSorted()) await lockGroup(tx, { id })
}
