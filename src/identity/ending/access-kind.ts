import type { Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { EndCause, TableName } from '../../database/schema.ts'
import type { User } from '../users.ts'

/** Whose access ends, by which decision. */
export interface Ending {
  id: Id<'end'>
  user: User
  cause: EndCause
  at: number
}

export interface Remaining {
  /** A sentence. */
  what: string
  /** Null: without an end that is known here. */
  until: number | null
}

/**
 * One kind of thing that a person can come in with, or that acts in their name. Each room that keeps such a thing says
 * here how it ends; `composition/access-kinds.ts` lists them all, and `test/end-access.test.ts` that none is missing.
 */
export interface AccessKind {
  /** Plural, as a receipt says it: `sessions`. */
  name: string
  /** Tables whose rows it ends, for the table of kinds. */
  tables: readonly TableName[]
  /** What would end now. */
  count(db: Db<TableName>, userId: Id<'usr'>, at: number): Promise<number>
  /** Ends all of them, in the transaction of the decision; returns how many. Running it again changes nothing. */
  end(tx: Tx<TableName>, ending: Ending): Promise<number>
  /** What becomes of it, where it is not ended: it belongs to a place, whose administrators have it now. */
  fate?: 'passed on'
  /** Accounts of machines that end with it: what they have open is cut as well. Asked before `end`. */
  alsoCut?(db: Db<TableName>, userId: Id<'usr'>): Promise<Id<'usr'>[]>
  /** What of it cannot be ended from here, and until when it may live. */
  remains?(db: Db<TableName>, userId: Id<'usr'>, at: number): Promise<Remaining[]>
  /** What a directory that takes the person back revives; nothing unless said. */
  restore?(tx: Tx<TableName>, ended: Ending): Promise<number>
}
