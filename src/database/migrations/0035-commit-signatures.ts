import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** What `git push --signed` signed, kept for good beside the references it moved. */
export const commitSignatures = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "pushCertificate" ("batchId" text primary key,
      "repositoryId" text not null references "repository" ("id") on delete cascade,
      "signerId" text references "user" ("id"), "sshKeyId" text, "keyName" text, "fingerprint" text,
      "userPresence" integer, "userVerification" integer, "strength" text, "digest" text not null,
      "content" text not null, "receivedAt" integer not null)`)
    await run('create unique index "pushCertificateOnce" on "pushCertificate" ("repositoryId", "digest")')
  },
})
