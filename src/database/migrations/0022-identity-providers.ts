import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Other places to sign in, who is who there, and the sessions that began there. */
export const identityProviders = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "identityProvider" ("id" text primary key, "name" text not null, "kind" text not null,
      "issuer" text not null, "clientId" text not null, "clientSecretBox" text not null, "domains" text not null,
      "isShown" integer not null, "trustsAcr" text not null, "groupClaim" text, "groupMap" text not null,
      "requiredGroup" text, "createsPeople" integer not null, "newPersonRole" text not null,
      "demandsLocalPasskey" integer not null, "createdAt" integer not null, "createdBy" text not null,
      "endedAt" integer)`)
    await run('create unique index "identityProviderIssuer" on "identityProvider" ("issuer") where "endedAt" is null')
    await run(`create table "externalIdentity" ("id" text primary key, "providerId" text not null, "issuer" text not null,
      "subject" text not null, "userId" text not null references "user" ("id"), "label" text not null,
      "linkedBy" text not null, "linkedAt" integer not null, "lastSignInAt" integer, "endedAt" integer,
      "endedWith" text, "broughtEnd" text)`)
    await run('create unique index "externalIdentitySubject" on "externalIdentity" ("issuer", "subject")')
    await run('create index "externalIdentityUser" on "externalIdentity" ("userId")')
    await run(`create table "upstreamSession" ("sessionId" text primary key, "externalIdentityId" text not null,
      "sid" text)`)
    await run('create index "upstreamSessionIdentity" on "upstreamSession" ("externalIdentityId")')
  },
})
