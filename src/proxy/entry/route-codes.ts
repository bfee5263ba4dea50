import type { Db, Tx } from '../../database/handles.ts'
import type { RouteCodeTable } from '../../database/schema.ts'
import { hashSecret, newSecret } from '../../http/secret.ts'

/** As long as a browser takes from one host to another. */
const codeMs = 60_000

/** Makes a code for whoever holds the state that `stateHash` is of. What nobody came with is forgotten on the way. */
export async function createRouteCode(
  tx: Tx<'routeCode'>,
  of: Pick<RouteCodeTable, 'sessionId' | 'applicationId' | 'stateHash' | 'path'>,
  at: number,
): Promise<string> {
  const code = newSecret()
  await tx
    .deleteFrom('routeCode')
    .where('expiresAt', '<', at - codeMs)
    .execute()
  const row: RouteCodeTable = { ...of, codeHash: hashSecret(code), expiresAt: at + codeMs, consumedAt: null }
  await tx.insertInto('routeCode').values(row).execute()
  return code
}

/** What a code was made for, before it is used up. */
export const findRouteCode = (db: Db<'routeCode'>, code: string): Promise<RouteCodeTable | undefined> =>
  db.selectFrom('routeCode').selectAll().where('codeHash', '=', hashSecret(code)).executeTakeFirst()

/** Uses a code up, whatever comes of it; undefined where it is not known, was used or is too old. */
export async function consumeRouteCode(
  tx: Tx<'routeCode'>,
  code: string,
  at: number,
): Promise<RouteCodeTable | undefined> {
  const row = await tx
    .updateTable('routeCode')
    .set({ consumedAt: at })
    .where('codeHash', '=', hashSecret(code))
    .where('consumedAt', 'is', null)
    .returningAll()
    .executeTakeFirst()
  return row === undefined || at >= row.expiresAt ? undefined : row
}
