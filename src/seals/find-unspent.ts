import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { SealTable } from '../database/schema.ts'
import { conflict } from '../http/problem.ts'

/** A tap of this person that nothing was done with yet. It is used up by `takeSeal` alone. @throws 409 `seal-spent` */
export async function getUnspentSeal(
  db: Db<'seal'>,
  { id, userId, help }: { id: string; userId: Id<'usr'>; help: string },
): Promise<SealTable> {
  const seal = await db
    .selectFrom('seal')
    .selectAll()
    .where('id', '=', id as Id<'sea'>)
    .where('userId', '=', userId)
    .executeTakeFirst()
  if (seal === undefined || seal.consumedAt !== null)
    throw conflict('seal-spent', 'This tap was already used, or is not yours.', { help })
  return seal
}
