import type { Database, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TableName } from '../database/schema.ts'
import type { AuditEntry } from './entry.ts'

/** Told of each event in the transaction that records it: what it writes stands or falls with the event. */
export type EventFollower = (tx: Tx<TableName>, event: AuditEntry, id: Id<'evt'>) => Promise<void>

const followers = new WeakMap<object, ((event: AuditEntry, id: Id<'evt'>) => Promise<void>)[]>()

/** The same database, with every event recorded through it told to `follower`. No caller of `recordEvent` can forget it. */
export function followEvents(database: Database, follower: EventFollower): Database {
  return {
    ...database,
    write: (work) =>
      database.write((tx) => {
        followers.set(tx, [...(followers.get(tx) ?? []), (event, id) => follower(tx, event, id)])
        return work(tx)
      }),
  }
}

/**
 * The same database; `tell` gets the events of each transaction once it has committed. What it does is its own matter;
 * whoever wrote waits for what it returns, and so finds here what they have changed.
 */
export function afterEvents(
  database: Database,
  tell: (events: readonly AuditEntry[]) => void | Promise<unknown>,
): Database {
  return {
    ...database,
    async write(work) {
      const events: AuditEntry[] = []
      const result = await database.write((tx) => {
        events.length = 0
        followers.set(tx, [...(followers.get(tx) ?? []), async (event) => void events.push(event)])
        return work(tx)
      })
      if (events.length > 0) await tell(events)
      return result
    },
  }
}

/** For `recordEvent` alone. */
export async function tellFollowers(tx: object, event: AuditEntry, id: Id<'evt'>): Promise<void> {
  for (const tell of followers.get(tx) ?? []) await tell(event, id)
}
