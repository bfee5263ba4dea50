import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Kysely, SqliteDialect } from 'kysely'
import { asHandle, type Database } from './handles.ts'
import { migrate } from './migrate.ts'
import type { Schema } from './schema.ts'

/**
 * The embedded store: WAL with a sync at each commit, one writing connection and one that only reads, so that a page
 * never waits for a transaction.
 */
export async function openSqlite(file: string): Promise<Database> {
  const writer = connect(file, false)
  await migrate(writer, 'sqlite')
  const reader = file === ':memory:' ? writer : connect(file, true)
  return {
    dialect: 'sqlite',
    read: asHandle(reader),
    volatile: undefined,
    write: (work) => writer.transaction().execute((tx) => work(asHandle(tx))),
    async close() {
      if (reader !== writer) await reader.destroy()
      await writer.destroy()
    },
  }
}

function connect(file: string, readOnly: boolean): Kysely<Schema> {
  const database = new DatabaseSync(file, { readOnly, enableForeignKeyConstraints: true, timeout: 5_000 })
  if (!readOnly) database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  return new Kysely<Schema>({ dialect: new SqliteDialect({ database: withStatementCache(database) }) })
}

const nothing = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
}

const cachedStatements = 256

/** What Kysely's dialect asks of a driver, over `node:sqlite`; preparing again costs as much as running (measured). */
function withStatementCache(database: DatabaseSync) {
  const statements = new Map<string, ReturnType<typeof asKyselyStatement>>()
  return {
    close: () => database.close(),
    prepare(sql: string) {
      // SQLite rolls back by itself when the disk is full; asking again would hide that error behind another.
      if (sql === 'rollback' && !database.isTransaction) return nothing
      let statement = statements.get(sql)
      if (statement === undefined) {
        statement = asKyselyStatement(database.prepare(sql))
        if (statements.size >= cachedStatements) statements.delete(statements.keys().next().value ?? '')
        statements.set(sql, statement)
      }
      return statement
    },
  }
}

const asKyselyStatement = (statement: StatementSync) => ({
  reader: statement.columns().length > 0,
  all: (parameters: readonly unknown[]) => statement.all(...(parameters as SQLInputValue[])),
  run: (parameters: readonly unknown[]) => statement.run(...(parameters as SQLInputValue[])),
  iterate: (parameters: readonly unknown[]) => statement.iterate(...(parameters as SQLInputValue[])),
})
