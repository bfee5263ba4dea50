import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Keys that may be in wrong hands, and which of their seals were there when that was said. */
export const revokedKeys = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run('create table "revokedKey" ("credentialRecordId" text primary key, "createdAt" integer not null)')
    await run(`create table "standingSeal" ("credentialRecordId" text not null, "sealId" text not null,
      primary key ("credentialRecordId", "sealId"))`)
  },
})
