import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** The key that another server must show, where it is reached over SSH. */
export const sshRemotes = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run('alter table "repositoryImport" add column "hostKey" text')
    await run('alter table "mirror" add column "hostKey" text')
  },
})
