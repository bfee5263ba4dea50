import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Who cosigns the ledger's checkpoints, and the checkpoint that everybody is shown where somebody does. */
export const witnesses = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "witness" ("id" text primary key, "name" text not null, "key" text not null unique,
      "url" text not null, "addedAt" integer not null, "addedBy" text not null, "cosignedSize" integer not null,
      "cosignedAt" integer, "cosignature" text not null, "problem" text, "problemSince" integer,
      "isContradicting" integer not null)`)
    await run('create table "witnessRound" ("id" integer primary key, "takenUntil" integer not null)')
    await run('insert into "witnessRound" values (1, 0)')
    await run('alter table "ledgerHead" add column "publishedSize" integer')
    await run('alter table "ledgerHead" add column "publishedRoot" text')
    await run('alter table "ledgerHead" add column "publishedAt" integer')
    await run(`alter table "ledgerHead" add column "cosignatures" text not null default ''`)
  },
})
