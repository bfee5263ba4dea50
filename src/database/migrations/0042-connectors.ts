import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** What carries routes into private networks. */
export const connectors = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "connector" ("id" text primary key, "name" text not null, "secretHash" text not null unique,
      "secretMadeAt" integer not null, "secretMadeBy" text not null references "user" ("id"), "secretLeftAt" integer,
      "createdAt" integer not null, "createdBy" text not null references "user" ("id"), "lastSeenAt" integer,
      "lastSeenFrom" text, "endedAt" integer)`)
    await run('create unique index "connectorName" on "connector" ("name") where "endedAt" is null')
  },
})
