import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Tools that learn by SAML who came, what they asked, and what answers are signed with. */
export const saml = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "samlServiceProvider" ("applicationId" text primary key references "application" ("id"),
      "entityId" text not null unique, "settings" text not null, "changedAt" integer not null)`)
    await run(`create table "samlRequest" ("id" text primary key,
      "applicationId" text not null references "application" ("id"), "requestId" text not null, "asked" text not null,
      "relayState" text, "receivedAt" integer not null, "expiresAt" integer not null, "answeredAt" integer)`)
    await run('create unique index "samlRequestOnce" on "samlRequest" ("applicationId", "requestId")')
    await run('create index "samlRequestExpires" on "samlRequest" ("expiresAt")')
    await run(`create table "samlSigningKey" ("number" integer primary key, "certificate" text not null,
      "createdAt" integer not null, "signsFrom" integer)`)
  },
})
