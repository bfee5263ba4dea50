import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Who answers for an agent. */
export const agents = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    await typedSql(dialect, database)('alter table "user" add column "ownerId" text')
  },
})
