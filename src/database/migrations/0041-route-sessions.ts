import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** What browsers hold on the hosts of routes, and the codes that they get there by. */
export const routeSessions = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "routeSession" ("id" text primary key,
      "sessionId" text not null references "session" ("id"),
      "applicationId" text not null references "application" ("id"), "secretHash" text not null unique,
      "createdAt" integer not null, "endedAt" integer)`)
    await run('create index "routeSessionSession" on "routeSession" ("sessionId")')
    await run('create index "routeSessionApplication" on "routeSession" ("applicationId")')
    await run(`create table "routeCode" ("codeHash" text primary key,
      "sessionId" text not null references "session" ("id"),
      "applicationId" text not null references "application" ("id"), "stateHash" text not null, "path" text not null,
      "expiresAt" integer not null, "consumedAt" integer)`)
    await run('create index "routeCodeExpires" on "routeCode" ("expiresAt")')
  },
})
