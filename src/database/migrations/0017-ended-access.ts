import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Who manages a person, until when they may come, how their access ended; sessions that no passkey began; the bus. */
export const endedAccess = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    for (const column of ['"endsAt" integer', '"sponsorId" text', '"managedBy" text'])
      await run(`alter table "user" add column ${column}`)
    for (const column of ['"managedBy" text', '"organisationRole" text'])
      await run(`alter table "userGroup" add column ${column}`)
    await run('alter table "groupMember" add column "joinedAt" integer not null default 0')
    for (const column of ['"endedWith" text', '"suspendedBy" text'])
      await run(`alter table "credentialRecord" add column ${column}`)
    await (dialect === 'postgres' ? loosenSession(run) : rebuildSession(run))
    await run(`create table "accessEnd" ("id" text primary key, "userId" text not null references "user" ("id"),
      "cause" text not null, "reason" text not null, "decidedBy" text, "decidedAt" integer not null, "sealId" text,
      "ended" text not null, "remains" text not null, "busSeq" integer not null, "endedWith" text,
      "restoredAt" integer)`)
    await run('create index "accessEndUser" on "accessEnd" ("userId", "decidedAt")')
    await run('create index "userEndsAt" on "user" ("endsAt") where "endsAt" is not null')
    await run('create index "userOwner" on "user" ("ownerId") where "ownerId" is not null')
    await run('create index "userEmail" on "user" (lower("email"))')
    await run(`create table "setting" ("name" text primary key, "value" text not null, "changedAt" integer not null,
      "changedBy" text not null)`)
    await run('create table "busHead" ("id" integer primary key, "seq" integer not null)')
    await run('insert into "busHead" ("id", "seq") values (1, 0)')
    await run(`create table "busMessage" ("seq" integer primary key, "topic" text not null, "about" text not null,
      "at" integer not null)`)
    await run(`create table "node" ("id" text primary key, "startedAt" integer not null, "seenAt" integer not null,
      "ackedSeq" integer not null, "ackedAt" integer not null)`)
  },
})

type Run = (statement: string) => Promise<unknown>

async function loosenSession(run: Run): Promise<void> {
  await run('alter table "session" alter column "credentialRecordId" drop not null')
  await run(`alter table "session" add column "method" text not null default 'passkey'`)
}

/** SQLite cannot take a constraint away from a column. */
async function rebuildSession(run: Run): Promise<void> {
  const former = `"id", "secretHash", "userId", "userGeneration", "credentialRecordId", "strength", "authenticatedAt",
    "createdAt", "lastSeenAt", "expiresAt", "endedAt", "userAgent", "address"`
  await run('alter table "session" rename to "formerSession"')
  await run(`create table "session" ("id" text primary key, "secretHash" text not null,
    "userId" text not null references "user" ("id"), "userGeneration" integer not null, "credentialRecordId" text,
    "strength" text not null, "authenticatedAt" integer not null, "createdAt" integer not null,
    "lastSeenAt" integer not null, "expiresAt" integer not null, "endedAt" integer, "userAgent" text not null,
    "address" text not null, "method" text not null default 'passkey')`)
  await run(`insert into "session" (${former}) select ${former} from "formerSession"`)
  await run('drop table "formerSession"')
  await run('create unique index "sessionSecret" on "session" ("secretHash")')
  await run('create index "sessionUser" on "session" ("userId")')
}
