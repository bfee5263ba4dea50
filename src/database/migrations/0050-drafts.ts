import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** A pull request that is not ready yet, and reviewers who are asked once it is. */
export const drafts = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run('alter table "pullRequest" add column "isDraft" integer not null default 0')
    await run('alter table "pullRequest" add column "readyAt" integer')
    await run('alter table "reviewerRequest" add column "isAsked" integer not null default 1')
  },
})
