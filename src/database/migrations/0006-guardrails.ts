import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'

/** The policy and its history; and which events carry a decision, so that a draft can be judged over them. */
export const guardrails = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const text = dialect === 'postgres' ? 'text collate "C"' : 'text'
    const integer = dialect === 'postgres' ? 'bigint' : 'integer'
    const columns = `"id" text primary key, "version" integer, "basedOn" integer not null, "state" text not null,
      "policy" text not null, "digest" text not null, "proposedBy" text, "sealId" text, "approvedBy" text,
      "approvalSealId" text, "createdAt" integer not null, "decidedAt" integer`
      .replaceAll(' text', ` ${text}`)
      .replaceAll(' integer', ` ${integer}`)
    await sql.raw(`create table "policyChange" (${columns})`).execute(database)
    await sql.raw('create unique index "policyChangeVersion" on "policyChange" ("version")').execute(database)
    await sql.raw(`alter table "sealRequest" add column "about" ${text}`).execute(database)
    await sql
      .raw('create index "sealRequestAbout" on "sealRequest" ("about") where "about" is not null')
      .execute(database)
    await sql.raw(`alter table "auditEvent" add column "policyAct" ${text}`).execute(database)
    await sql
      .raw('create index "auditEventJudged" on "auditEvent" ("id") where "policyAct" is not null')
      .execute(database)
  },
})
