import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** The tap by which a key over SSH was added: with it, whose the key is can be shown to whoever checks a signed push. */
export const sshKeySeals = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run('alter table "sshKey" add column "addedBy" text references "seal" ("id")')
    await run('create index "refUpdateBatch" on "refUpdate" ("batchId")')
  },
})
