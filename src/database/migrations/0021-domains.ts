import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Domains and the accounts at them, verified addresses, and people who register themselves. */
export const domains = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "domain" ("id" text primary key, "name" text not null, "token" text not null,
      "state" text not null, "verifiedBy" text, "verifiedAt" integer, "checkedAt" integer, "failingSince" integer,
      "lastError" text, "createdAt" integer not null, "createdBy" text not null)`)
    await run('create unique index "domainName" on "domain" ("name")')
    await run(`create table "domainClaim" ("id" text primary key, "domainId" text not null, "userId" text not null,
      "state" text not null, "noticedAt" integer not null, "noticedBy" text not null, "graceEndsAt" integer not null,
      "objectedAt" integer, "decidedAt" integer, "decidedBy" text)`)
    // Of two owners who claim one person at once, one does.
    await run(`create unique index "domainClaimOpen" on "domainClaim" ("userId")
      where "state" = 'noticed' or "state" = 'objected'`)
    await run('create index "domainClaimDomain" on "domainClaim" ("domainId", "userId")')
    await run(`create table "emailVerification" ("tokenHash" text primary key, "userId" text not null,
      "addressHash" text not null, "createdAt" integer not null, "expiresAt" integer not null)`)
    await run('create index "emailVerificationUser" on "emailVerification" ("userId")')
    await run(`create table "applicant" ("id" text primary key, "email" text not null, "address" text not null,
      "displayName" text not null, "username" text not null, "linkId" text, "createdAt" integer not null)`)
    await run('create index "applicantEmail" on "applicant" ("email", "createdAt")')
    await run('create index "applicantLink" on "applicant" ("linkId")')
    await run('create index "applicantAge" on "applicant" ("createdAt")')
  },
})
