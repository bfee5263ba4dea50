import type { Db } from '../../database/handles.ts'

/** How many events the ledger holds. */
export async function countPlaced(db: Db<'ledgerHead'>): Promise<number> {
  const head = await db.selectFrom('ledgerHead').select('size').where('id', '=', 1).executeTakeFirst()
  return head?.size ?? 0
}
