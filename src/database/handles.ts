import type {
  DeleteQueryBuilder,
  DeleteResult,
  InsertQueryBuilder,
  InsertResult,
  Kysely,
  SelectQueryBuilder,
  UpdateQueryBuilder,
  UpdateResult,
} from 'kysely'
import type { Schema, TableName } from './schema.ts'

// Never there when it runs: by these alone the compiler sees that a handle over fewer tables is no handle over more.
declare const reads: unique symbol
declare const writes: unique symbol

/**
 * A handle that may read the tables it names, and no more. Functions confess by it what they look at; a handle over
 * more tables passes where one over fewer is asked for.
 */
export interface Db<Readable extends TableName> {
  readonly [reads]?: (table: Readable) => void
  selectFrom<Name extends Readable>(table: Name): SelectQueryBuilder<Schema, Name, object>
}

/** A transaction that may write the tables it names and read any. A write outside one does not compile. */
export interface Tx<Writable extends TableName> extends Db<TableName> {
  readonly [writes]?: (table: Writable) => void
  insertInto<Name extends Writable>(table: Name): InsertQueryBuilder<Schema, Name, InsertResult>
  updateTable<Name extends Writable>(table: Name): UpdateQueryBuilder<Schema, Name, Name, UpdateResult>
  deleteFrom<Name extends Writable>(table: Name): DeleteQueryBuilder<Schema, Name, DeleteResult>
}

export type Dialect = 'sqlite' | 'postgres'

/** The open database. `read` sees what is committed; inside `write` use only the transaction it hands over. */
export interface Database {
  readonly dialect: Dialect
  readonly read: Db<TableName>
  /** Runs `work` in one transaction: all of it becomes durable, or, when it throws, none. */
  write<Result>(work: (tx: Tx<TableName>) => Promise<Result>): Promise<Result>
  /**
   * Single statements on rows that nodes share and that need no durability. Undefined on SQLite, where one node keeps
   * such things in memory.
   */
  readonly volatile: Tx<'challenge'> | undefined
  /** A word to every node on this database that there is something to look for. Undefined on SQLite, where one is all. */
  readonly signal?: Signal
  close(): Promise<void>
}

/** It may be lost, as where a pooler stands between: whoever waits for it also looks every so often. */
export interface Signal {
  /** Goes out when the transaction is committed. */
  send(tx: Tx<never>): Promise<void>
  listen(heard: () => void): Listening
}

export interface Listening {
  close(): Promise<void>
}

/** Kysely's own signatures also take aliases and lists; ours are narrower, which its types cannot show. */
export const asHandle = (kysely: Kysely<Schema>): Tx<TableName> => kysely as unknown as Tx<TableName>

export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation'
}

/** Runs one insert or update and turns the engine's unique-index error into `UniqueViolation`. */
export async function orUniqueViolation<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    if (isUniqueViolation(error)) throw new UniqueViolation('a row with this value exists', { cause: error })
    throw error
  }
}

function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && error.code === '23505') return true // PostgreSQL unique_violation
  return 'errcode' in error && (error.errcode === 2067 || error.errcode === 1555) // SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY
}
