import { type Kysely, sql } from 'kysely'
import type { Dialect } from './handles.ts'

/**
 * Runs statements of a migration, written once in SQLite's words: on PostgreSQL `text` compares by bytes, as SQLite's
 * does, and `integer` has 64 bits.
 */
export function typedSql(dialect: Dialect, database: Kysely<unknown>): (statement: string) => Promise<unknown> {
  const typed = (statement: string): string =>
    dialect === 'postgres'
      ? statement.replaceAll(/ text\b/g, ' text collate "C"').replaceAll(/ integer\b/g, ' bigint')
      : statement
  return (statement) => sql.raw(typed(statement)).execute(database)
}
