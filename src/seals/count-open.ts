import type { Db } from '../database/handles.ts'

/** How many statements wait for a tap. */
export async function countOpenRequests(db: Db<'sealRequest'>, now: number): Promise<number> {
  const { count } = await db
    .selectFrom('sealRequest')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('state', '=', 'open')
    .where('expiresAt', '>', now)
    .executeTakeFirstOrThrow()
  return count
}
