import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** What people come in with over SSH, and sign commits with. */
export const sshKeys = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "sshKey" ("id" text primary key, "userId" text not null references "user" ("id"),
      "name" text not null, "publicKey" text not null, "keyType" text not null, "fingerprint" text not null,
      "forLogin" integer not null, "forSigning" integer not null, "application" text, "attestationOutcome" text,
      "attestationObject" text, "aaguid" text, "modelName" text, "strengthCap" text, "counter" bigint not null,
      "createdAt" integer not null, "expiresAt" integer, "lastUsedAt" integer, "lastUsedFrom" text,
      "endedAt" integer)`)
    await run('create unique index "sshKeyFingerprint" on "sshKey" ("fingerprint") where "endedAt" is null')
    await run('create index "sshKeyEnded" on "sshKey" ("fingerprint")')
    await run('create index "sshKeyUser" on "sshKey" ("userId", "createdAt")')
  },
})
