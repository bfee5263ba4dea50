import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'

/** Who answers for an agent. */
export const agents = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const text = dialect === 'postgres' ? 'text collate "C"' : 'text'
    await sql.raw(`alter table "user" add column "ownerId" ${text}`).execute(database)
  },
})
