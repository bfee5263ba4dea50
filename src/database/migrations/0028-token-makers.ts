import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Who made a token for an agent, and has seen its secret. */
export const tokenMakers = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run('alter table "apiToken" add column "madeBy" text')
    await run('create index "apiTokenMaker" on "apiToken" ("madeBy") where "madeBy" is not null')
  },
})
