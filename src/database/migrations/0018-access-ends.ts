import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** The receipt of an end, when each node carried it out, and who looks after a webhook or a mirror. */
export const accessEnds = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    for (const column of ['"nodes" text', '"completedAt" integer', '"receipt" text'])
      await run(`alter table "accessEnd" add column ${column}`)
    await run('create index "accessEndCutting" on "accessEnd" ("busSeq") where "completedAt" is null')
    await run(`create table "busConfirmation" ("seq" integer not null, "nodeId" text not null, "at" integer not null,
      "cut" integer not null, primary key ("seq", "nodeId"))`)
    for (const table of ['webhook', 'mirror']) {
      for (const column of ['"stewardId" text', '"adoptBy" integer'])
        await run(`alter table "${table}" add column ${column}`)
      await run(`update "${table}" set "stewardId" = "createdBy"`)
      await run(`create index "${table}Steward" on "${table}" ("stewardId")`)
      await run(`create index "${table}AdoptBy" on "${table}" ("adoptBy") where "adoptBy" is not null`)
    }
  },
})
