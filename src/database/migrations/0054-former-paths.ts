import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** A former path outlives its repository, so that nobody else's comes to lie where others still fetch from. */
export const formerPaths = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "formerPath" ("path" text primary key, "repositoryId" text not null,
      "projectId" text not null, "leftBy" text)`)
    await run(`insert into "formerPath" ("path", "repositoryId", "projectId")
      select "pathRedirect"."path", "repository"."id", "repository"."projectId" from "pathRedirect"
      inner join "repository" on "repository"."id" = "pathRedirect"."repositoryId"`)
    await run('drop table "pathRedirect"')
    await run('create index "formerPathRepository" on "formerPath" ("repositoryId")')
    await run('create index "formerPathProject" on "formerPath" ("projectId")')
  },
})
