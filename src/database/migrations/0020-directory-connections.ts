import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Directories that bring people and groups, each with a token of its own. */
export const directoryConnections = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "directoryConnection" ("id" text primary key, "name" text not null, "kind" text not null,
      "tokenHash" text not null, "tokenMadeAt" integer not null, "tokenExpiresAt" integer, "formerTokenHash" text,
      "formerTokenUntil" integer, "requiredGroupId" text, "createdAt" integer not null, "createdBy" text not null,
      "lastRequestAt" integer, "lastError" text, "lastErrorAt" integer, "endedAt" integer, "endedBy" text,
      "endSealId" text, "endsPeople" integer not null)`)
    await run(`create unique index "directoryConnectionName" on "directoryConnection" (lower("name"))
      where "endedAt" is null`)
    await run('create unique index "directoryConnectionToken" on "directoryConnection" ("tokenHash")')
    await run(`create index "directoryConnectionFormerToken" on "directoryConnection" ("formerTokenHash")
      where "formerTokenHash" is not null`)
    await run('create index "userManagedBy" on "user" ("managedBy") where "managedBy" is not null')
    await run('create index "userGroupManagedBy" on "userGroup" ("managedBy") where "managedBy" is not null')
  },
})
