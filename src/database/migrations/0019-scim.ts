import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** What directories say of people and groups by SCIM; what somebody is beside what their groups make them. */
export const scim = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run('alter table "user" add column "baseRole" text')
    await run(`create table "scimUser" ("userId" text primary key references "user" ("id"),
      "connectionId" text not null, "externalId" text, "userName" text not null, "userNameKey" text not null,
      "addressKey" text, "isWanted" integer not null, "revision" integer not null, "attributes" text not null,
      "createdAt" integer not null, "updatedAt" integer not null, "deletedAt" integer)`)
    await run('create unique index "scimUserName" on "scimUser" ("connectionId", "userNameKey")')
    await run(`create unique index "scimUserAddress" on "scimUser" ("addressKey") where "addressKey" is not null`)
    await run('create index "scimUserOrder" on "scimUser" ("connectionId", "createdAt", "userId")')
    await run('create index "scimUserExternal" on "scimUser" ("connectionId", "externalId")')
    await run(`create table "scimGroup" ("groupId" text primary key, "connectionId" text not null, "externalId" text,
      "displayName" text not null, "displayNameKey" text not null, "revision" integer not null,
      "createdAt" integer not null, "updatedAt" integer not null, "deletedAt" integer)`)
    await run('create unique index "scimGroupName" on "scimGroup" ("connectionId", "displayNameKey")')
    await run('create index "scimGroupOrder" on "scimGroup" ("connectionId", "createdAt", "groupId")')
    await run('create index "scimGroupExternal" on "scimGroup" ("connectionId", "externalId")')
  },
})
