import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'

/** A seal request can be answered elsewhere: it has a link, and says where it came from. */
export const sealLinks = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const text = dialect === 'postgres' ? 'text collate "C"' : 'text'
    for (const column of [
      `"code" ${text}`,
      `"requestedFrom" ${text} not null default ''`,
      `"requestedVia" ${text} not null default 'session'`,
      `"requestedToken" ${text}`,
    ])
      await sql.raw(`alter table "sealRequest" add column ${column}`).execute(database)
    for (const index of indexes) await sql.raw(index).execute(database)
  },
})

const indexes = [
  'create unique index "sealRequestCode" on "sealRequest" ("code")',
  'create index "sealRequestAsked" on "sealRequest" ("userId", "expiresAt")',
  'create index "sealRequestRequester" on "sealRequest" ("requestedBy", "expiresAt")',
  'create index "sealRequestToken" on "sealRequest" ("requestedToken") where "requestedToken" is not null',
]
