import type { Tx } from '../database/handles.ts'

/** Nobody but themselves manages these people from now on. Role, groups and all else stay. @returns how many */
export async function releasePeople(tx: Tx<'user'>, managedBy: string): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('user')
    .set({ managedBy: null })
    .where('managedBy', '=', managedBy)
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

/** People here keep these groups from now on; who is in them stays. @returns how many */
export async function releaseGroups(tx: Tx<'userGroup'>, managedBy: string): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('userGroup')
    .set({ managedBy: null })
    .where('managedBy', '=', managedBy)
    .executeTakeFirst()
  return Number(numUpdatedRows)
}
