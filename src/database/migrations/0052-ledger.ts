import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** The tree over all events: how large it is, its root, and the hashes it is made of. */
export const ledger = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "ledgerHead" ("id" integer primary key, "name" text not null, "size" integer not null,
      "root" text not null, "at" integer not null)`)
    await run(`create table "ledgerTile" ("level" integer not null, "position" integer not null,
      "hashes" text not null, primary key ("level", "position"))`)
    await run('create unique index "auditEventLeaf" on "auditEvent" ("leafIndex") where "leafIndex" is not null')
    await run('create index "auditEventWaiting" on "auditEvent" ("id") where "leafIndex" is null')
  },
})
