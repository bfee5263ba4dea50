import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Who was invited, as what, and by whom; letters to addresses that are nobody's account yet. */
export const invitations = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "invitation" ("id" text primary key, "linkId" text not null, "email" text not null,
      "role" text not null, "groups" text not null, "grants" text not null, "endsAt" integer, "sponsorId" text,
      "message" text not null, "createdBy" text not null references "user" ("id"), "createdAt" integer not null,
      "expiresAt" integer not null, "sentAt" integer, "acceptedAt" integer, "acceptedBy" text, "withdrawnAt" integer)`)
    await run('create unique index "invitationLink" on "invitation" ("linkId")')
    await run('create index "invitationCreated" on "invitation" ("createdAt", "id")')
    await run(`create index "invitationOpen" on "invitation" ("createdBy")
      where "acceptedAt" is null and "withdrawnAt" is null`)
    await run('create index "userSponsor" on "user" ("sponsorId") where "sponsorId" is not null')
    await (dialect === 'postgres' ? loosenLetter(run) : rebuildLetter(run))
  },
})

type Run = (statement: string) => Promise<unknown>

async function loosenLetter(run: Run): Promise<void> {
  await run('alter table "letter" alter column "toUserId" drop not null')
  for (const column of ['toAddress', 'toName']) await run(`alter table "letter" add column "${column}" text`)
}

/** SQLite cannot take a constraint away from a column. */
async function rebuildLetter(run: Run): Promise<void> {
  const former = `"id", "toUserId", "kind", "subject", "text", "createdAt", "notBefore", "attempts", "sentAt",
    "failedAt", "lastError", "dedupeKey"`
  await run('alter table "letter" rename to "formerLetter"')
  await run(`create table "letter" ("id" text primary key, "toUserId" text references "user" ("id"),
    "toAddress" text, "toName" text, "kind" text not null, "subject" text not null, "text" text not null,
    "createdAt" integer not null, "notBefore" integer not null, "attempts" integer not null, "sentAt" integer,
    "failedAt" integer, "lastError" text, "dedupeKey" text)`)
  await run(`insert into "letter" (${former}) select ${former} from "formerLetter"`)
  await run('drop table "formerLetter"')
  await run('create unique index "letterDedupe" on "letter" ("dedupeKey")')
  await run('create index "letterDue" on "letter" ("notBefore") where "sentAt" is null and "failedAt" is null')
}
