import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Where a repository's events are sent to, what waits to be sent, and how each attempt went. */
export const webhooks = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    // No foreign key: that the repository is gone is the last thing a webhook tells.
    await run(`create table "webhook" ("id" text primary key, "repositoryId" text not null, "url" text not null,
      "events" text not null, "isActive" integer not null, "secret" text not null, "formerSecret" text,
      "formerSecretUntil" integer, "createdAt" integer not null, "createdBy" text not null, "failures" integer not null,
      "failingSince" integer, "pausedUntil" integer, "offReason" text, "lastAt" integer, "lastStatus" integer,
      "lastError" text)`)
    await run('create index "webhookRepository" on "webhook" ("repositoryId")')
    await run(`create table "webhookDelivery" ("id" text primary key,
      "webhookId" text not null references "webhook" ("id") on delete cascade, "type" text not null, "body" text not null,
      "state" text not null, "createdAt" integer not null, "notBefore" integer not null, "attempts" integer not null,
      "tries" integer not null, "giveUpAt" integer not null, "lastStatus" integer, "lastError" text)`)
    await run('create index "webhookDeliveryList" on "webhookDelivery" ("webhookId", "createdAt", "id")')
    await run(`create index "webhookDeliveryDue" on "webhookDelivery" ("notBefore") where "state" = 'waiting'`)
    await run(`create table "webhookAttempt" ("deliveryId" text not null references "webhookDelivery" ("id") on delete cascade,
      "number" integer not null, "startedAt" integer not null, "durationMs" integer not null, "url" text not null,
      "requestHeaders" text not null, "status" integer, "responseHeaders" text not null, "responseBody" text not null,
      "isCut" integer not null, "error" text, primary key ("deliveryId", "number"))`)
  },
})
