import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** SSH certificates, numbered by the database, so that no two nodes give one serial twice. */
export const sshCertificates = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    const serial =
      dialect === 'postgres' ? 'bigint generated always as identity primary key' : 'integer primary key autoincrement'
    await run(`create table "sshCertificate" ("serial" ${serial}, "id" text not null,
      "userId" text not null references "user" ("id"), "authority" text not null, "fingerprint" text not null,
      "keyType" text not null, "scopes" text not null, "repositoryIds" text, "strength" text not null,
      "tappedAt" integer not null, "sealId" text not null, "grantId" text, "address" text not null,
      "issuedAt" integer not null, "expiresAt" integer not null, "lastUsedAt" integer, "endedAt" integer)`)
    await run('create unique index "sshCertificateId" on "sshCertificate" ("id")')
    await run('create index "sshCertificateUser" on "sshCertificate" ("userId", "expiresAt")')
    await run('create unique index "sshCertificateGrant" on "sshCertificate" ("grantId") where "grantId" is not null')
    await run('create index "sshCertificateEnded" on "sshCertificate" ("expiresAt") where "endedAt" is not null')
  },
})
