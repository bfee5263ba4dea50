import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Repositories that come from other servers, and go to them. */
export const mirrors = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    const inRepository = '"repositoryId" text not null references "repository" ("id") on delete cascade'
    await run(`create table "repositoryImport" ("id" text primary key, ${inRepository}, "url" text not null,
      "username" text not null, "passwordBox" text, "state" text not null, "phase" text not null,
      "objectsDone" integer not null, "objectsTotal" integer not null, "bytes" integer not null,
      "bytesPerSecond" integer not null, "problemCode" text, "problem" text, "result" text,
      "isCancelled" integer not null, "createdBy" text not null, "method" text not null, "strength" text not null,
      "createdAt" integer not null, "startedAt" integer, "finishedAt" integer, "beatAt" integer not null)`)
    await run('create unique index "repositoryImportRepository" on "repositoryImport" ("repositoryId")')
    await run(`create table "mirror" ("id" text primary key, ${inRepository}, "url" text not null,
      "username" text not null, "passwordBox" text, "branches" text not null, "overwrites" integer not null,
      "isActive" integer not null, "createdBy" text not null, "createdAt" integer not null, "dueAt" integer not null,
      "wantedAt" integer, "startedAt" integer, "succeededAt" integer, "failures" integer not null,
      "problemCode" text, "problem" text)`)
    await run('create index "mirrorRepository" on "mirror" ("repositoryId")')
    await run('create index "mirrorDue" on "mirror" ("dueAt") where "isActive" = 1')
    await run(`create table "mirrorRef" ("mirrorId" text not null references "mirror" ("id") on delete cascade,
      "ref" text not null, "oid" text not null, primary key ("mirrorId", "ref"))`)
  },
})
