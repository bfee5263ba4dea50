import type { Db } from '../database/handles.ts'
import type { Caller } from '../identity/caller.ts'
import type { SealOutcome } from './shapes.ts'
import type { WaitedFor } from './waiting.ts'

/** What became of a request. Only the person who was asked gets the seal itself, whatever session or token waits. */
export async function renderOutcome(
  db: Db<'seal'>,
  { row, state }: WaitedFor,
  caller: Pick<Caller, 'id'>,
): Promise<SealOutcome> {
  const seal =
    state === 'sealed' && row.userId === caller.id
      ? await db
          .selectFrom('seal')
          .select(['id as sealId', 'statementDigest', 'strength'])
          .where('requestId', '=', row.id)
          .executeTakeFirst()
      : undefined
  return { state, expiresAt: row.expiresAt, made: seal ?? null }
}
