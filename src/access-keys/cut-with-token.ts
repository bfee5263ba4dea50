import type { EventFollower } from '../audit/follow-events.ts'
import type { Tx } from '../database/handles.ts'
import type { TableName } from '../database/schema.ts'

/** What is open by one token is cut when that ends, and nothing else of its owner. In the transaction of that end. */
export const createTokenFollower =
  (cut: (tx: Tx<TableName>, id: string, at: number) => Promise<unknown>): EventFollower =>
  async (tx, { action, target, at }) => {
    if (action === 'token.ended' || action === 'token.reused') await cut(tx, target.id, at)
  }
