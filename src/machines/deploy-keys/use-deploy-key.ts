import type { Database, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { DeployKeyTable, TableName } from '../../database/schema.ts'
import type { DeployKeyParts } from './parts.ts'
import { recordKeyEvent } from './record.ts'

const minuteMs = 60_000

/**
 * Writes down when and from where a key came, once a minute at most. The first time ends the key whose place it takes:
 * what that has begun is finished, and nothing new begins with it.
 */
export async function useDeployKey(
  { database }: Pick<DeployKeyParts, 'database'> & { database: Pick<Database, 'write'> },
  key: Pick<DeployKeyTable, 'id' | 'userId' | 'predecessorId' | 'lastUsedAt'>,
  { address, at }: { address: string; at: number },
): Promise<void> {
  if (key.lastUsedAt !== null && at - key.lastUsedAt < minuteMs) return
  await database.write(async (tx) => {
    await tx
      .updateTable('deployKey')
      .set({ lastUsedAt: at, lastUsedFrom: address })
      .where('id', '=', key.id)
      .where('endedAt', 'is', null)
      .execute()
    if (key.lastUsedAt === null && key.predecessorId !== null)
      await replace(tx, key.predecessorId, { id: key.id, userId: key.userId, address, at })
  })
}

async function replace(
  tx: Tx<TableName>,
  formerId: Id<'dpk'>,
  { id, userId, address, at }: { id: Id<'dpk'>; userId: Id<'usr'>; address: string; at: number },
): Promise<void> {
  const former = await tx
    .updateTable('deployKey')
    .set({ endedAt: at, endedBy: 'rotation', adoptBy: null })
    .where('id', '=', formerId)
    .where('successorId', '=', id)
    .where('endedAt', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (former === undefined) return
  await recordKeyEvent(tx, 'deploy-key.replaced', former, {
    actor: { id: userId, method: 'deploy-key', strength: 'password' },
    at,
    address,
    facts: { successor: id },
  })
}
