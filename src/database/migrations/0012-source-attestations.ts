import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** What the instance says of each change of a protected branch, and since when which controls held. */
export const sourceAttestations = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "sourceAttestation" ("refUpdateId" text primary key, "repositoryId" text not null references "repository" ("id") on delete cascade,
      "ref" text not null, "oid" text not null, "level" integer not null, "provenance" text not null,
      "summary" text not null, "createdAt" integer not null)`)
    await run('create index "sourceAttestationCommit" on "sourceAttestation" ("repositoryId", "oid")')
    await run(`create table "branchControl" ("repositoryId" text not null references "repository" ("id") on delete cascade, "ref" text not null, "name" text not null,
      "sinceOid" text not null, "startedAt" integer not null, "endedAt" integer)`)
    await run(
      'create unique index "branchControlGoing" on "branchControl" ("repositoryId", "ref", "name") where "endedAt" is null',
    )
  },
})
