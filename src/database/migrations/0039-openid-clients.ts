import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Applications that ask by OpenID Connect, what people are signed on to, and whom to tell that it is over. */
export const openidClients = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "openidClient" ("applicationId" text primary key references "application" ("id"),
      "secretHash" text, "formerHash" text, "formerUntil" integer, "settings" text not null,
      "changedAt" integer not null)`)
    await run('alter table "oauthGrant" add column "applicationId" text references "application" ("id")')
    await run('alter table "oauthGrant" add column "sessionId" text references "session" ("id")')
    await run('alter table "oauthGrant" add column "toldAt" integer')
    await run(`create unique index "oauthGrantSession" on "oauthGrant" ("sessionId", "applicationId")
      where "sessionId" is not null and "endedAt" is null`)
    await run(`create index "oauthGrantUntold" on "oauthGrant" ("applicationId")
      where "applicationId" is not null and "toldAt" is null`)
    await run(`create table "backchannelLogout" ("grantId" text primary key references "oauthGrant" ("id"),
      "createdAt" integer not null, "notBefore" integer not null, "attempts" integer not null, "lastError" text)`)
    await run('create index "backchannelLogoutDue" on "backchannelLogout" ("notBefore")')
  },
})
