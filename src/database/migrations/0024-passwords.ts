import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Passwords and one-time codes that people bring from where they come, until they have a passkey. */
export const passwords = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "passwordLogin" ("userId" text primary key references "user" ("id"), "hash" text not null,
      "changedAt" integer not null, "mustChange" integer not null, "usedAt" integer)`)
    await run(`create table "totp" ("userId" text primary key references "user" ("id"), "box" text not null,
      "confirmedAt" integer, "lastStep" integer not null)`)
  },
})
