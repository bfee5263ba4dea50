import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'

/** Letters that wait to be sent. */
export const letters = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const text = dialect === 'postgres' ? 'text collate "C"' : 'text'
    const integer = dialect === 'postgres' ? 'bigint' : 'integer'
    const columns = `"id" text primary key, "toUserId" text not null references "user" ("id"), "kind" text not null,
      "subject" text not null, "text" text not null, "createdAt" integer not null, "notBefore" integer not null,
      "attempts" integer not null, "sentAt" integer, "failedAt" integer, "lastError" text, "dedupeKey" text`
      .replaceAll(' text', ` ${text}`)
      .replaceAll(' integer', ` ${integer}`)
    await sql.raw(`create table "letter" (${columns})`).execute(database)
    await sql.raw('create unique index "letterDedupe" on "letter" ("dedupeKey")').execute(database)
    await sql
      .raw('create index "letterDue" on "letter" ("notBefore") where "sentAt" is null and "failedAt" is null')
      .execute(database)
  },
})
