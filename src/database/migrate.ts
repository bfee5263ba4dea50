import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Dialect } from './handles.ts'
import { first } from './migrations/0001-first.ts'
import type { Schema } from './schema.ts'

/** Forward only, in this order, each applied once; Kysely's migrator holds a lock so that two nodes do not race. */
const migrations = (dialect: Dialect): Record<string, Migration> => ({
  '0001-first': first(dialect),
})

/** Brings the schema up to date. @throws when the database was made by a newer version. */
export async function migrate(database: Kysely<Schema>, dialect: Dialect): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve(migrations(dialect)) },
  })
  const { error } = await migrator.migrateToLatest()
  if (error instanceof Error && error.message.includes('previously executed migration'))
    throw new Error('this database was made by a newer version of Postern. Start that version.', { cause: error })
  if (error !== undefined) throw error
  if (dialect === 'sqlite') await createVolatileTables(database)
}

// SQLite's temporary tables last as long as the connection, so this one is made at each start.
async function createVolatileTables(database: Kysely<Schema>): Promise<void> {
  await sql`create temp table "challenge" (
    "id" text primary key, "kind" text not null, "bindingHash" text not null, "challengeHash" text not null,
    "userId" text, "payload" text not null, "expiresAt" integer not null
  )`.execute(database)
  await sql`create index temp."challengeExpiry" on "challenge" ("expiresAt")`.execute(database)
}
