import type { Tx } from '../database/handles.ts'
import type { SealRequestTable, SealTable, TableName } from '../database/schema.ts'
import type { SessionCaller } from '../identity/caller.ts'
import type { Statement } from './format/statement.ts'

export interface MadeSeal {
  seal: SealTable
  statement: Statement
  /** As it stands now: sealed. */
  request: SealRequestTable
  /** Who tapped, and from where. */
  caller: SessionCaller
}

/**
 * What takes effect the moment somebody taps, by the statement's action, for acts that nobody comes back to repeat. Runs
 * in the transaction that keeps the seal: when it throws, there is no seal and the request stays open. Who uses the seal
 * up this way calls `takeSeal` in it. What it returns runs once the transaction is committed.
 */
export type OnSealed = Partial<
  Record<string, (tx: Tx<TableName>, made: MadeSeal) => Promise<void | (() => Promise<void>)>>
>
