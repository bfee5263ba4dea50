import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** How people are told that something waits for their tap, and that they were. */
export const notifications = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "notificationChoice" ("userId" text primary key, "letters" integer not null,
      "changedAt" integer not null)`)
    await run(`create table "pushSubscription" ("id" text primary key, "userId" text not null, "endpoint" text not null,
      "p256dh" text not null, "auth" text not null, "userAgent" text not null, "createdAt" integer not null)`)
    await run('create unique index "pushSubscriptionEndpoint" on "pushSubscription" ("endpoint")')
    await run('create index "pushSubscriptionUser" on "pushSubscription" ("userId")')
    await run('alter table "sealRequest" add column "announcedAt" integer')
    await run(`create index "sealRequestUnannounced" on "sealRequest" ("createdAt")
      where "announcedAt" is null and "code" is not null and "state" = 'open'`)
  },
})
