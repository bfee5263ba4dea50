import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** How people get back into their account, and the code for the day nobody else can. */
export const recovery = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "recoveryCode" ("codeHash" text primary key,
      "userId" text not null references "user" ("id"), "createdAt" integer not null, "usedBy" text,
      "voidedAt" integer)`)
    await run('create index "recoveryCodeUser" on "recoveryCode" ("userId")')
    await run(`create table "recovery" ("id" text primary key, "userId" text not null references "user" ("id"),
      "kind" text not null, "state" text not null, "startedBy" text, "sealId" text, "linkId" text not null,
      "createdAt" integer not null, "opensAt" integer not null, "cancelUntil" integer not null,
      "expiresAt" integer not null, "newCredentialId" text, "overAt" integer, "overBy" text, "address" text not null)`)
    await run(`create unique index "recoveryUnderWay" on "recovery" ("userId") where "overAt" is null`)
    await run('create index "recoveryLink" on "recovery" ("linkId")')
    await run(
      'create index "credentialRecordSuspended" on "credentialRecord" ("suspendedBy") where "suspendedBy" is not null',
    )
    await run(`create table "breakGlass" ("id" text primary key, "codeHash" text not null,
      "userId" text not null references "user" ("id"), "createdAt" integer not null, "createdBy" text not null,
      "sealId" text not null, "voidedAt" integer, "usedAt" integer, "address" text, "linkId" text,
      "newCredentialId" text, "reviewedAt" integer, "reviewedBy" text, "reviewSealId" text, "remindedAt" integer)`)
    await run('create unique index "breakGlassCode" on "breakGlass" ("codeHash")')
    await run('create index "breakGlassLink" on "breakGlass" ("linkId") where "linkId" is not null')
  },
})
