import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Who was turned away from a branch that somebody holds, and since when: JSON, times by the person's id. */
export const leaseWaiting = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    await typedSql(dialect, database)('alter table "branchLease" add column "waiting" text not null default \'{}\'')
  },
})
