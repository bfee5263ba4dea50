import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'

/**
 * Whether a key still is somebody's, asked in the transaction of what it is good for. The row's lock makes its end and this
 * wait for each other, so that whatever the key stands for is there when its end is written down.
 */
export async function lockSshKey(tx: Tx<'sshKey'>, id: Id<'ssk'>): Promise<boolean> {
  const kept = await tx
    .updateTable('sshKey')
    .set((eb) => ({ counter: eb.ref('counter') }))
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return kept !== undefined
}
