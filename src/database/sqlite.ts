import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Kysely, type LimitNode, SqliteAdapter, SqliteDialect, SqliteQueryCompiler, ValueNode } from 'kysely'
import { asHandle, type Database } from './handles.ts'
import { migrate } from './migrate.ts'
import { answerAtOnce, answerNoMore } from './prepared.ts'
import type { Schema } from './schema.ts'

/**
 * The embedded store: WAL with a sync at each commit, one writing connection and one that only reads, so that a page
 * never waits for a transaction.
 */
export async function openSqlite(file: string): Promise<Database> {
  // SQLite gives its other files the rights of this one. The folder may be open to others, as a mounted one often is.
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600))
  const writer = connect(file, false)
  await migrate(writer.kysely, 'sqlite')
  const reader = file === ':memory:' ? writer : connect(file, true)
  // What is read on the writing connection waits for its transaction.
  if (reader !== writer) answerAtOnce(reader.kysely, reader.answer)
  return {
    dialect: 'sqlite',
    read: asHandle(reader.kysely),
    volatile: undefined,
    write: (work) =>
      writer.kysely.transaction().execute(async (tx) => {
        answerAtOnce(tx, writer.answer)
        try {
          return await work(asHandle(tx))
        } finally {
          answerNoMore(tx)
        }
      }),
    async close() {
      if (reader !== writer) await reader.kysely.destroy()
      await writer.kysely.destroy()
    },
  }
}

function connect(file: string, readOnly: boolean) {
  const database = new DatabaseSync(file, { readOnly, enableForeignKeyConstraints: true, timeout: 5_000 })
  if (!readOnly) database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  const statements = withStatementCache(database)
  const dialect = new SqliteDialect({ database: statements })
  dialect.createQueryCompiler = () => new LiteralLimits()
  dialect.createAdapter = () => new WholeMigrations()
  return {
    kysely: new Kysely<Schema>({ dialect }),
    answer(sql: string, parameters: readonly unknown[]): unknown[] {
      const statement = statements.prepare(sql)
      if (statement.reader) return statement.all(parameters)
      statement.run(parameters)
      return []
    },
  }
}

/** A server that is killed while it brings the schema up to date leaves the former one, and not half of each. */
class WholeMigrations extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/** SQLite plans a statement anew whenever a parameter is its limit, which costs more than running it (measured). */
class LiteralLimits extends SqliteQueryCompiler {
  protected override visitLimit(node: LimitNode): void {
    const { limit } = node
    if (ValueNode.is(limit) && Number.isInteger(limit.value)) this.append(`limit ${Number(limit.value)}`)
    else super.visitLimit(node)
  }
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
  // All at once: as long as one reading stays open, the next on its connection see no newer state.
  iterate: (parameters: readonly unknown[]) => statement.all(...(parameters as SQLInputValue[])).values(),
})
