import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Host names in front of tools. A row goes when its application ends, so that another may have the name. */
export const proxyRoutes = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "proxyRoute" ("applicationId" text primary key references "application" ("id"),
      "host" text not null unique, "source" text not null, "settings" text not null, "changedAt" integer not null)`)
  },
})
