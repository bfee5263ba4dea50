import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** What people open beside Git, and who may. */
export const applications = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "application" ("id" text primary key, "slug" text not null, "name" text not null,
      "description" text not null, "kind" text not null, "recipe" text, "launchUrl" text, "audience" text not null,
      "strength" text, "createdAt" integer not null, "createdBy" text references "user" ("id"), "endedAt" integer)`)
    await run('create unique index "applicationSlug" on "application" ("slug") where "endedAt" is null')
    await run(`create table "applicationGroup" ("applicationId" text not null references "application" ("id"),
      "groupId" text not null references "userGroup" ("id") on delete cascade, primary key ("applicationId", "groupId"))`)
    await run('create index "applicationGroupGroup" on "applicationGroup" ("groupId")')
  },
})
