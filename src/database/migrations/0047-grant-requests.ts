import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** A program that somebody let in reaches the seal requests that it made itself, and no others of its person. */
export const grantRequests = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    await typedSql(dialect, database)('alter table "sealRequest" add column "requestedGrant" text')
  },
})
