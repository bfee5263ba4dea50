import type { Database, Tx } from '../database/handles.ts'
import type { TableName } from '../database/schema.ts'
import type { AuditEntry } from './entry.ts'

/** Told of each event in the transaction that records it: what it writes stands or falls with the event. */
export type EventFollower = (tx: Tx<TableName>, event: AuditEntry) => Promise<void>

const followers = new WeakMap<object, ((event: AuditEntry) => Promise<void>)[]>()

/** The same database, with every event recorded through it told to `follower`. No caller of `recordEvent` can forget it. */
export function followEvents(database: Database, follower: EventFollower): Database {
  return {
    ...database,
    write: (work) =>
      database.write((tx) => {
        followers.set(tx, [...(followers.get(tx) ?? []), (event) => follower(tx, event)])
        return work(tx)
      }),
  }
}

/** For `recordEvent` alone. */
export async function tellFollowers(tx: object, event: AuditEntry): Promise<void> {
  for (const tell of followers.get(tx) ?? []) await tell(event)
}
