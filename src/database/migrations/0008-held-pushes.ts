import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'

/** Pushes that wait for their person's tap, so that what would land can be shown while they do. */
export const heldPushes = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const [text, integer] = dialect === 'postgres' ? ['text collate "C"', 'bigint'] : ['text', 'integer']
    await sql
      .raw(
        `create table "heldPush" ("requestId" ${text} primary key,
          "repositoryId" ${text} not null references "repository" ("id") on delete cascade, "ref" ${text} not null,
          "oldOid" ${text} not null, "newOid" ${text} not null, "quarantine" ${text} not null, "actorId" ${text} not null,
          "createdAt" ${integer} not null, "endedAt" ${integer}, "outcome" ${text})`,
      )
      .execute(database)
    await sql.raw('create index "heldPushOpen" on "heldPush" ("createdAt") where "endedAt" is null').execute(database)
  },
})
