import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** What was found by reading a whole table, which an instance of many people and many years feels. */
export const largeInstances = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    for (const index of indexes) await run(`create index ${index}`)
    // Whose grants there are is asked when an access ends too, for those that have ended.
    await run('drop index "oauthGrantUser"')
    await run('create index "oauthGrantUser" on "oauthGrant" ("userId")')
  },
})

const whereSet = (table: string, column: string): string => `on "${table}" ("${column}") where "${column}" is not null`

const indexes = [
  // By the seal behind it: which seals of a repository count is asked after each push and merge.
  `"pullRequestConfirmSeal" ${whereSet('pullRequest', 'confirmSealId')}`,
  `"protectedBranchSeal" ${whereSet('protectedBranch', 'protectSealId')}`,
  `"credentialRecordEndorsed" ${whereSet('credentialRecord', 'endorsedBy')}`,
  `"credentialRecordEndedBy" ${whereSet('credentialRecord', 'endedBy')}`,
  `"sshKeyAdded" ${whereSet('sshKey', 'addedBy')}`,
  '"sealCredential" on "seal" ("credentialRecordId", "origin")',
  `"credentialRecordSetUp" on "credentialRecord" ("createdAt", "id") where "enrolledVia" = 'setup'`,
  // A key is registered once, under a lock that all registrations wait for.
  '"credentialRecordKey" on "credentialRecord" ("publicKey")',
  // What an end of access, or of a session or passkey, takes with it.
  `"credentialRecordEndedWith" ${whereSet('credentialRecord', 'endedWith')}`,
  `"externalIdentityEndedWith" ${whereSet('externalIdentity', 'endedWith')}`,
  `"accessEndEndedWith" ${whereSet('accessEnd', 'endedWith')}`,
  `"registrationLinkUser" ${whereSet('registrationLink', 'userId')}`,
  `"registrationLinkMaker" ${whereSet('registrationLink', 'createdBy')}`,
  `"sealRequestRepository" on "sealRequest" ("repositoryId") where "state" = 'open'`,
  // What jobs look for, each second to each ten minutes.
  `"pullRequestAutoMerge" ${whereSet('pullRequest', 'autoMergeBy')}`,
  `"pullRequestBypass" on "pullRequest" ("confirmBy") where "bypassReason" is not null`,
  `"apiTokenFollowed" on "apiToken" ("secretUntil") where "secretUntil" is not null and "endedAt" is null`,
  '"webhookDeliveryAge" on "webhookDelivery" ("createdAt")',
  // What pages ask: who stands behind these commits, and the letters that did not go.
  '"refUpdateCommit" on "refUpdate" ("repositoryId", "newOid")',
  '"letterUnsent" on "letter" ("notBefore") where "sentAt" is null',
  `"accountAddressUnproven" on "accountAddress" ("userId") where "provenAt" is null`,
  '"reviewCommentThread" on "reviewComment" ("threadId")',
]
