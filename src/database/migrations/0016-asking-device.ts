import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** With which browser a tap was asked for. */
export const askingDevice = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    await typedSql(dialect, database)(`alter table "sealRequest" add column "requestedDevice" text not null default ''`)
  },
})
