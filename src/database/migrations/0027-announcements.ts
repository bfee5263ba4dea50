import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** What administrators tell a group, and who has seen it. */
export const announcements = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "announcement" ("id" text primary key, "groupId" text not null, "title" text not null,
      "body" text not null, "asksFor" text, "dueAt" integer, "createdBy" text not null, "createdAt" integer not null,
      "endedAt" integer)`)
    await run('create index "announcementGroup" on "announcement" ("groupId")')
    await run(`create table "announcementReader" ("announcementId" text not null, "userId" text not null,
      "seenAt" integer not null, "putAwayAt" integer, primary key ("announcementId", "userId"))`)
  },
})
