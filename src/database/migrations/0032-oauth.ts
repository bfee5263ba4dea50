import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** What people let programs do, and what the OAuth server must remember of it. */
export const oauth = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "oauthGrant" ("id" text primary key, "userId" text not null references "user" ("id"),
      "clientId" text not null, "clientName" text not null, "scopes" text not null, "repositoryIds" text,
      "via" text not null, "askedFrom" text not null, "tapStrength" text not null, "tappedAt" integer not null,
      "createdAt" integer not null, "expiresAt" integer not null, "lastUsedAt" integer, "lastUsedFrom" text,
      "endedAt" integer)`)
    await run('create index "oauthGrantUser" on "oauthGrant" ("userId") where "endedAt" is null')
    await run(`create table "oauthState" ("model" text not null, "idHash" text not null, "payload" text not null,
      "grantId" text references "oauthGrant" ("id") on delete cascade, "userCodeHash" text, "browserHash" text,
      "askedFrom" text not null, "createdAt" integer not null, "expiresAt" integer not null, "consumedAt" integer,
      primary key ("model", "idHash"))`)
    await run(
      'create unique index "oauthStateUserCode" on "oauthState" ("userCodeHash") where "userCodeHash" is not null',
    )
    await run('create index "oauthStateGrant" on "oauthState" ("grantId") where "grantId" is not null')
    await run('create index "oauthStateExpiry" on "oauthState" ("expiresAt")')
  },
})
