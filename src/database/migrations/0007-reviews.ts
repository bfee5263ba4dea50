import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

/** Comments, reviews, commit statuses, and what a branch's rule asks for beside a key. */
export const reviews = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    // What was said about something falls with it.
    const ofPullRequest = 'references "pullRequest" ("id") on delete cascade'
    const ofRepository = 'references "repository" ("id") on delete cascade'
    await run(`alter table "protectedBranch" add column "rule" text not null default '{}'`)
    for (const column of [
      '"autoMergeBy" text',
      '"autoMergeMethod" text',
      '"bypassReason" text',
      '"confirmBy" integer',
      '"confirmedBy" text',
      '"confirmSealId" text',
      '"confirmedAt" integer',
    ])
      await run(`alter table "pullRequest" add column ${column}`)
    await run(`create table "reviewThread" ("id" text primary key, "pullRequestId" text not null ${ofPullRequest}, "path" text, "side" text,
      "line" integer, "startLine" integer, "anchorOid" text not null, "snippet" text not null,
      "createdBy" text not null, "createdAt" integer not null, "resolvedBy" text, "resolvedAt" integer)`)
    await run('create index "reviewThreadPullRequest" on "reviewThread" ("pullRequestId")')
    await run(`create table "reviewComment" ("id" text primary key, "threadId" text not null, "pullRequestId" text not null ${ofPullRequest},
      "authorId" text not null, "body" text not null, "isDraft" integer not null, "createdAt" integer not null,
      "editedAt" integer, "deletedAt" integer, "appliedOid" text)`)
    await run('create index "reviewCommentPullRequest" on "reviewComment" ("pullRequestId")')
    await run(`create table "review" ("id" text primary key, "pullRequestId" text not null ${ofPullRequest}, "userId" text not null,
      "verdict" text not null, "body" text not null, "headOid" text not null, "patchDigest" text not null, "sealId" text,
      "createdAt" integer not null, "dismissedAt" integer, "dismissedBy" text, "dismissReason" text)`)
    await run('create index "reviewPullRequest" on "review" ("pullRequestId")')
    await run('create unique index "reviewSeal" on "review" ("sealId")')
    await run(`create table "reviewerRequest" ("pullRequestId" text not null ${ofPullRequest}, "subjectKind" text not null,
      "subjectId" text not null, "createdBy" text not null, "createdAt" integer not null,
      primary key ("pullRequestId", "subjectKind", "subjectId"))`)
    await run(`create table "commitStatus" ("id" text primary key, "repositoryId" text not null ${ofRepository}, "oid" text not null,
      "name" text not null, "state" text not null, "description" text not null, "targetUrl" text, "setBy" text not null,
      "tokenId" text, "createdAt" integer not null)`)
    await run('create index "commitStatusCommit" on "commitStatus" ("repositoryId", "oid", "name", "id")')
  },
})
