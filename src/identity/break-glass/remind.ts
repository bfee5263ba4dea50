import type { Database, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { findUserById } from '../users.ts'
import { listAdministrators } from './list-administrators.ts'

const dayMs = 86_400_000

/** Tells every administrator, once a day, of each use that nobody has reviewed. Of several nodes, one tells. */
export async function remindOfBreakGlass({
  database,
  now,
  tell,
}: {
  database: Database
  now: () => number
  tell: (tx: Tx<'letter'>, letter: { toUserId: Id<'usr'>; facts: { person: string; usedAt: number } }) => Promise<void>
}): Promise<void> {
  const at = now()
  const due = await database.read
    .selectFrom('breakGlass')
    .selectAll()
    .where('usedAt', '<=', at - dayMs)
    .where('reviewedAt', 'is', null)
    .where((eb) => eb.or([eb('remindedAt', 'is', null), eb('remindedAt', '<=', at - dayMs)]))
    .execute()
  for (const { id, userId, usedAt, remindedAt } of due)
    await database.write(async (tx) => {
      const mine = await tx
        .updateTable('breakGlass')
        .set({ remindedAt: at })
        .where('id', '=', id)
        .where('reviewedAt', 'is', null)
        .where('remindedAt', remindedAt === null ? 'is' : '=', remindedAt)
        .returning('id')
        .executeTakeFirst()
      if (mine === undefined) return
      const person = (await findUserById(tx, userId))?.displayName ?? 'Somebody'
      for (const toUserId of await listAdministrators(tx, userId))
        await tell(tx, { toUserId, facts: { person, usedAt: usedAt ?? at } })
    })
}
