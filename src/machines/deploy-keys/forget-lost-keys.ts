import type { Database } from '../../database/handles.ts'
import { dayMs } from './lifetime.ts'

/** As long as an overlap may last: whatever signed for the key can sign for nothing by then, and not bring it back. */
const keptMs = 90 * dayMs

/** Keys that a holder brought and lost before it ever used them: they did nothing that has to be told of them. */
export async function forgetLostKeys({ read, write }: Pick<Database, 'read' | 'write'>, at: number): Promise<void> {
  const rows = await read
    .selectFrom('deployKey')
    .select('id')
    .where('endedBy', '=', 'rotation')
    .where('lastUsedAt', 'is', null)
    .where('predecessorId', 'is not', null)
    .where('endedAt', '<=', at - keptMs)
    .limit(1_000)
    .execute()
  if (rows.length === 0) return
  const ids = rows.map(({ id }) => id)
  await write((tx) => tx.deleteFrom('deployKey').where('id', 'in', ids).execute())
}
