import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Who has seen the next secret of an agent’s token; and deploy keys that were brought and lost are found to be forgotten. */
export const rotation = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run('alter table "apiToken" add column "nextMadeBy" text')
    await run('create index "apiTokenNextMaker" on "apiToken" ("nextMadeBy") where "nextMadeBy" is not null')
    await run(`create index "deployKeyLost" on "deployKey" ("endedAt")
      where "endedBy" = 'rotation' and "lastUsedAt" is null`)
  },
})
