import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'

/**
 * The first schema. Written as SQL because it is read as SQL; `schema.ts` says what each column means.
 * On PostgreSQL integers are 64 bit and text that is compared byte by byte is collated "C".
 */
export const first = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const text = dialect === 'postgres' ? 'text collate "C"' : 'text'
    const integer = dialect === 'postgres' ? 'bigint' : 'integer'
    const columns = (list: string): string => list.replaceAll(' text', ` ${text}`).replaceAll(' integer', ` ${integer}`)
    for (const [table, list] of Object.entries(tables))
      await sql.raw(`create table "${table}" (${columns(list)})`).execute(database)
    for (const index of indexes) await sql.raw(index).execute(database)
    if (dialect === 'postgres')
      await sql.raw(`create unlogged table "challenge" (${columns(challenge)})`).execute(database)
  },
})

const challenge = `"id" text primary key, "kind" text not null, "bindingHash" text not null, "challengeHash" text not null,
  "userId" text, "payload" text not null, "expiresAt" integer not null`

const tables: Record<string, string> = {
  instance: `"id" integer primary key, "createdAt" integer not null, "setUpAt" integer, "rpId" text not null,
    "origin" text not null`,

  user: `"id" text primary key, "kind" text not null, "username" text not null, "displayName" text not null,
    "email" text not null, "emailVerifiedAt" integer, "webauthnHandle" text not null, "role" text not null,
    "state" text not null, "generation" integer not null, "isDemo" integer not null, "createdAt" integer not null,
    "createdBy" text`,

  userGroup: `"id" text primary key, "name" text not null, "description" text not null, "isDemo" integer not null,
    "createdAt" integer not null`,

  groupMember: `"groupId" text not null, "userId" text not null, primary key ("groupId", "userId")`,

  credentialRecord: `"id" text primary key, "userId" text not null references "user" ("id"), "credentialId" text not null,
    "publicKey" text not null, "algorithm" integer not null, "signCount" integer not null,
    "backupEligible" integer not null, "backupState" integer not null, "uvInitialized" integer not null,
    "transports" text not null, "aaguid" text, "attestationFormat" text not null, "attestationOutcome" text not null,
    "attestationObject" text not null, "registrationClientDataJson" text not null, "rpId" text not null,
    "origin" text not null, "name" text not null, "enrolledVia" text not null, "endorsedBy" text, "strengthCap" text,
    "createdAt" integer not null, "lastUsedAt" integer, "endedAt" integer, "endedBy" text`,

  registrationLink: `"id" text primary key, "tokenHash" text not null, "purpose" text not null, "userId" text,
    "expiresAt" integer not null, "consumedAt" integer, "createdAt" integer not null, "createdBy" text`,

  session: `"id" text primary key, "secretHash" text not null, "userId" text not null references "user" ("id"),
    "userGeneration" integer not null, "credentialRecordId" text not null, "strength" text not null,
    "authenticatedAt" integer not null, "createdAt" integer not null, "lastSeenAt" integer not null,
    "expiresAt" integer not null, "endedAt" integer, "userAgent" text not null, "address" text not null`,

  apiToken: `"id" text primary key, "userId" text not null references "user" ("id"), "name" text not null,
    "secretHash" text not null, "scopes" text not null, "repositoryIds" text, "createdAt" integer not null,
    "expiresAt" integer not null, "lastUsedAt" integer, "endedAt" integer`,

  project: `"id" text primary key, "name" text not null, "description" text not null, "isDemo" integer not null,
    "createdAt" integer not null, "createdBy" text not null`,

  repository: `"id" text primary key, "projectId" text not null references "project" ("id"), "name" text not null,
    "description" text not null, "visibility" text not null, "defaultBranch" text not null, "folder" text not null,
    "nextNumber" integer not null, "pushedAt" integer, "createdAt" integer not null, "createdBy" text not null`,

  pathRedirect: `"path" text primary key, "repositoryId" text not null references "repository" ("id") on delete cascade`,

  roleGrant: `"subjectKind" text not null, "subjectId" text not null, "scopeKind" text not null, "scopeId" text not null,
    "role" text not null, "createdAt" integer not null, "createdBy" text not null,
    primary key ("subjectId", "scopeId")`,

  protectedBranch: `"repositoryId" text not null references "repository" ("id") on delete cascade, "ref" text not null,
    "baselineOid" text not null, "protectSealId" text, "stockVerifiableOnly" integer not null,
    "createdAt" integer not null, "createdBy" text not null, primary key ("repositoryId", "ref")`,

  refUpdate: `"id" text primary key, "batchId" text not null, "repositoryId" text not null, "ref" text not null,
    "oldOid" text not null, "newOid" text not null, "actorId" text not null, "method" text not null,
    "strength" text not null, "sealId" text, "pullRequestId" text, "commitBytes" text, "state" text not null,
    "createdAt" integer not null, "finishedAt" integer`,

  branchLease: `"repositoryId" text not null, "ref" text not null, "userId" text not null, "expiresAt" integer not null,
    primary key ("repositoryId", "ref")`,

  pullRequest: `"id" text primary key, "repositoryId" text not null references "repository" ("id") on delete cascade,
    "number" integer not null, "title" text not null, "description" text not null, "authorId" text not null,
    "sourceRef" text not null, "targetRef" text not null, "state" text not null, "headOid" text not null,
    "baseOid" text not null, "mergeOid" text, "mergeMethod" text, "mergeSealId" text, "mergedBy" text,
    "createdAt" integer not null, "updatedAt" integer not null, "closedAt" integer`,

  sealRequest: `"id" text primary key, "userId" text not null, "requestedBy" text not null, "action" text not null,
    "repositoryId" text, "draft" text not null, "facts" text not null, "state" text not null,
    "createdAt" integer not null, "expiresAt" integer not null`,

  seal: `"id" text primary key, "requestId" text not null, "statementDigest" text not null, "action" text not null,
    "repositoryId" text, "userId" text not null, "credentialRecordId" text not null, "strength" text not null,
    "statement" text not null, "message" text not null, "namespace" text not null, "origin" text not null, "authenticatorData" text not null,
    "clientDataJson" text not null, "signature" text not null, "armored" text, "sealedAt" integer not null,
    "consumedAt" integer`,

  auditEvent: `"id" text primary key, "occurredAt" integer not null, "action" text not null, "actorId" text,
    "targetKind" text not null, "targetId" text not null, "repositoryId" text, "method" text not null, "strength" text,
    "outcome" text not null, "leaf" text not null, "leafIndex" integer`,

  auditPersonal: `"eventId" text not null, "field" text not null, "salt" text not null, "value" text not null,
    primary key ("eventId", "field")`,
}

const indexes = [
  'create unique index "userUsername" on "user" ("username")',
  'create unique index "userHandle" on "user" ("webauthnHandle")',
  'create unique index "groupName" on "userGroup" (lower("name"))',
  'create index "groupMemberUser" on "groupMember" ("userId")',
  'create unique index "credentialId" on "credentialRecord" ("credentialId")',
  'create index "credentialUser" on "credentialRecord" ("userId")',
  'create unique index "registrationLinkToken" on "registrationLink" ("tokenHash")',
  'create unique index "sessionSecret" on "session" ("secretHash")',
  'create index "sessionUser" on "session" ("userId")',
  'create unique index "apiTokenSecret" on "apiToken" ("secretHash")',
  'create index "apiTokenUser" on "apiToken" ("userId")',
  'create unique index "projectName" on "project" (lower("name"))',
  'create unique index "repositoryName" on "repository" ("projectId", lower("name"))',
  'create index "roleGrantScope" on "roleGrant" ("scopeId")',
  `create index "refUpdatePrepared" on "refUpdate" ("state") where "state" = 'prepared'`,
  'create index "refUpdateRepository" on "refUpdate" ("repositoryId", "ref", "createdAt")',
  'create index "refUpdateSeal" on "refUpdate" ("sealId")',
  'create unique index "pullRequestNumber" on "pullRequest" ("repositoryId", "number")',
  'create index "pullRequestSource" on "pullRequest" ("repositoryId", "sourceRef")',
  'create index "pullRequestAuthor" on "pullRequest" ("authorId", "state")',
  'create unique index "sealStatement" on "seal" ("statementDigest")',
  'create unique index "sealRequestSealed" on "seal" ("requestId")',
  'create index "sealRepository" on "seal" ("repositoryId", "sealedAt")',
  'create index "sealRequestUser" on "sealRequest" ("userId", "state")',
  'create index "auditEventTime" on "auditEvent" ("occurredAt", "id")',
  'create index "auditEventActor" on "auditEvent" ("actorId", "occurredAt")',
  'create index "auditEventTarget" on "auditEvent" ("targetId", "occurredAt")',
  'create index "auditEventRepository" on "auditEvent" ("repositoryId", "occurredAt") where "repositoryId" is not null',
]
