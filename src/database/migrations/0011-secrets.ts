import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** The instance's own keys, each closed under the secret key. */
export const secrets = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "secret" ("name" text primary key, "box" text not null, "createdAt" integer not null)`)
  },
})
