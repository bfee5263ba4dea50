import type { Db } from '../../database/handles.ts'

/** Whether an account here has or had this address, in any case. One that ended counts: nobody lets themselves in again. */
export async function isKnownAddress(db: Db<'user'>, email: string): Promise<boolean> {
  const user = await db
    .selectFrom('user')
    .select('id')
    .where(({ eb, fn }) => eb(fn<string>('lower', ['email']), '=', email.toLowerCase()))
    .limit(1)
    .executeTakeFirst()
  return user !== undefined
}
