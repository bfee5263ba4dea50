import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** What agents ask people to allow. */
export const permissions = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "permission" ("id" text primary key, "agentId" text not null references "user" ("id"),
      "tokenId" text not null, "askedGroup" text, "title" text not null, "body" text not null, "digest" text not null,
      "createdAt" integer not null, "expiresAt" integer not null, "sealId" text)`)
    await run('create index "permissionAgent" on "permission" ("agentId", "createdAt")')
  },
})
