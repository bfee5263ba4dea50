import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'

/** The instance's own keys, each closed under the secret key. */
export const secrets = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const text = dialect === 'postgres' ? 'text collate "C"' : 'text'
    const integer = dialect === 'postgres' ? 'bigint' : 'integer'
    await sql
      .raw(
        `create table "secret" ("name" ${text} primary key, "box" ${text} not null, "createdAt" ${integer} not null)`,
      )
      .execute(database)
  },
})
