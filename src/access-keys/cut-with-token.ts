import type { EventFollower } from '../audit/follow-events.ts'
import type { Tx } from '../database/handles.ts'
import type { TableName } from '../database/schema.ts'

const ends: ReadonlySet<string> = new Set(['token.ended', 'token.reused', 'token.given-up'])

/** What is open by one token is cut when that ends, and nothing else of its owner. In the transaction of that end. */
export const createTokenFollower =
  (cut: (tx: Tx<TableName>, id: string, at: number) => Promise<unknown>): EventFollower =>
  async (tx, { action, target, at }) => {
    if (ends.has(action)) await cut(tx, target.id, at)
  }
