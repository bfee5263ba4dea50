import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Which files of a repository somebody works on, as git-lfs asks before a push. They fall with the repository. */
export const lfsLocks = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "lfsLock" ("id" text primary key,
      "repositoryId" text not null references "repository" ("id") on delete cascade,
      "path" text not null, "lockedAt" integer not null, "lockedBy" text not null)`)
    await run('create unique index "lfsLockPath" on "lfsLock" ("repositoryId", "path")')
  },
})
