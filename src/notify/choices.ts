import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'

/** Who never chose gets letters: a tap that waits unseen helps nobody. */
export async function wantsLetters(db: Db<'notificationChoice'>, userId: Id<'usr'>): Promise<boolean> {
  const row = await db
    .selectFrom('notificationChoice')
    .select('letters')
    .where('userId', '=', userId)
    .executeTakeFirst()
  return row?.letters !== 0
}

export async function chooseLetters(
  tx: Tx<'notificationChoice'>,
  { userId, letters, at }: { userId: Id<'usr'>; letters: boolean; at: number },
): Promise<void> {
  const chosen = { letters: letters ? (1 as const) : (0 as const), changedAt: at }
  await tx
    .insertInto('notificationChoice')
    .values({ userId, ...chosen })
    .onConflict((conflict) => conflict.column('userId').doUpdateSet(chosen))
    .execute()
}
