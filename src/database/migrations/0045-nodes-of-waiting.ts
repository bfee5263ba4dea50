import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Which node holds a push that waits, so that the start of another ends none; and from where an import was asked for. */
export const nodesOfWaiting = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run('alter table "heldPush" add column "nodeId" text')
    await run('alter table "repositoryImport" add column "address" text')
  },
})
