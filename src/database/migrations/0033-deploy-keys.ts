import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Keys of repositories that follow each other, and tokens with one secret after another. */
export const deployKeys = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "deployKey" ("id" text primary key,
      "repositoryId" text not null references "repository" ("id") on delete cascade,
      "userId" text not null references "user" ("id"), "name" text not null, "publicKey" text not null,
      "keyType" text not null, "fingerprint" text not null, "access" text not null, "createdAt" integer not null,
      "createdBy" text not null references "user" ("id"), "stewardId" text not null references "user" ("id"),
      "adoptBy" integer, "expiresAt" integer not null, "expirySetAt" integer not null, "rotateEveryDays" integer,
      "overlapDays" integer, "dueToldAt" integer, "warnedDays" integer, "predecessorId" text, "successorId" text,
      "lastUsedAt" integer, "lastUsedFrom" text, "endedAt" integer, "endedBy" text)`)
    await run('create unique index "deployKeyFingerprint" on "deployKey" ("fingerprint") where "endedAt" is null')
    await run('create index "deployKeyRepository" on "deployKey" ("repositoryId", "createdAt")')
    await run('create index "deployKeyExpiry" on "deployKey" ("expiresAt") where "endedAt" is null')
    await run('create index "deployKeySteward" on "deployKey" ("stewardId") where "endedAt" is null')
    await run('create index "deployKeyMachine" on "deployKey" ("userId")')
    for (const column of ['renewableUntil', 'renewedAt', 'secretUntil', 'warnedDays'])
      await run(`alter table "apiToken" add column "${column}" integer`)
    await run('alter table "apiToken" add column "nextSecretHash" text')
    await run(`create unique index "apiTokenNextSecret" on "apiToken" ("nextSecretHash")
      where "nextSecretHash" is not null`)
    await run('create index "apiTokenExpiry" on "apiToken" ("expiresAt") where "endedAt" is null')
    await run(`create table "spentTokenSecret" ("secretHash" text primary key,
      "tokenId" text not null references "apiToken" ("id") on delete cascade, "spentAt" integer not null)`)
    await run('create index "spentTokenSecretOf" on "spentTokenSecret" ("tokenId")')
  },
})
