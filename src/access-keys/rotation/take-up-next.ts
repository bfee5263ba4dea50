import { recordEvent } from '../../audit/record.ts'
import type { Database } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'

/**
 * The new secret of a token was used for the first time: the former one ends, and is remembered so that it is known again.
 * False where another new secret has taken its place.
 */
export async function takeUpNext(
  database: Pick<Database, 'write'>,
  { id, secretHash }: { id: Id<'tok'>; secretHash: string },
  at: number,
): Promise<boolean> {
  return database.write(async (tx) => {
    const former = await tx
      .selectFrom('apiToken')
      .select(['secretHash', 'userId', 'name'])
      .where('id', '=', id)
      .executeTakeFirst()
    const { numUpdatedRows } = await tx
      .updateTable('apiToken')
      .set((eb) => ({
        secretHash,
        madeBy: eb.fn.coalesce('nextMadeBy', 'madeBy'),
        nextSecretHash: null,
        nextMadeBy: null,
        secretUntil: null,
        warnedDays: null,
      }))
      .where('id', '=', id)
      .where('nextSecretHash', '=', secretHash)
      .where('endedAt', 'is', null)
      .executeTakeFirst()
    if (Number(numUpdatedRows) !== 1) return isCurrent(tx, id, secretHash)
    if (former === undefined) return false
    await tx
      .insertInto('spentTokenSecret')
      .values({ secretHash: former.secretHash, tokenId: id, spentAt: at })
      .execute()
    await recordEvent(tx, {
      action: 'token.replaced',
      actor: { id: former.userId, method: 'token', strength: 'password' },
      target: { kind: 'token', id },
      facts: { token: former.name },
      at,
    })
    return true
  })
}

/** Two requests with the new secret may come at once: the second finds it taken up. */
async function isCurrent(
  tx: Parameters<Parameters<Database['write']>[0]>[0],
  id: Id<'tok'>,
  secretHash: string,
): Promise<boolean> {
  const row = await tx
    .selectFrom('apiToken')
    .select('id')
    .where('id', '=', id)
    .where('secretHash', '=', secretHash)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}
