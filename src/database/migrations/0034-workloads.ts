import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Which pipelines a repository trusts, what they came in with, and what was refused. */
export const workloads = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "workloadTrust" ("id" text primary key,
      "repositoryId" text not null references "repository" ("id") on delete cascade,
      "userId" text not null references "user" ("id"), "name" text not null, "shape" text not null,
      "issuer" text not null, "keys" text, "audience" text not null, "conditions" text not null,
      "access" text not null, "lifetimeMinutes" integer not null, "runHours" integer not null,
      "createdAt" integer not null, "createdBy" text not null references "user" ("id"),
      "stewardId" text not null references "user" ("id"), "adoptBy" integer, "lastUsedAt" integer,
      "lastSubject" text, "endedAt" integer)`)
    await run('create index "workloadTrustRepository" on "workloadTrust" ("repositoryId", "createdAt")')
    await run('create index "workloadTrustSteward" on "workloadTrust" ("stewardId") where "endedAt" is null')
    await run(`create table "workloadRun" (
      "trustId" text not null references "workloadTrust" ("id") on delete cascade, "proof" text not null,
      "subject" text not null, "startedAt" integer not null, "endsAt" integer not null, "tokenId" text not null,
      "forgetAt" integer not null, primary key ("trustId", "proof"))`)
    await run('create index "workloadRunForget" on "workloadRun" ("forgetAt")')
    await run(`create table "workloadToken" ("tokenId" text primary key, "trustId" text not null,
      "proof" text not null, foreign key ("trustId", "proof") references "workloadRun" ("trustId", "proof")
      on delete cascade)`)
    await run('create index "workloadTokenRun" on "workloadToken" ("trustId", "proof")')
    await run(`create table "workloadRefusal" (
      "repositoryId" text not null references "repository" ("id") on delete cascade, "digest" text not null,
      "trustId" text, "issuer" text not null, "subject" text, "reason" text not null, "count" integer not null,
      "firstAt" integer not null, "lastAt" integer not null, "toldAt" integer not null,
      primary key ("repositoryId", "digest"))`)
  },
})
