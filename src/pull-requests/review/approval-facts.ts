import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { CredentialRecordTable, ReviewTable, Strength, UserTable } from '../../database/schema.ts'
import type { PersonRef } from '../../http/shapes.ts'
import { credentialStrength, weaker } from '../../policy/strength.ts'
import type { BranchRule } from '../../repositories/branch-rule.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import { coversRole } from '../../repositories/access.ts'
import { listUserRoles } from '../../repositories/user-roles.ts'
import type { ReviewParts } from './review-parts.ts'
import type { PullRequest } from '../records.ts'
import { readChangeDigest } from './change-digest.ts'
import { readContributors } from './contributors.ts'
import type { ApprovalFacts, ReviewFacts } from './count-approvals.ts'
import { readEnds } from './ends.ts'

export interface ReviewRow extends ReviewTable {
  sealed: { strength: Strength; statementDigest: string; credentialName: string; worth: Strength | null } | null
}

export interface KnownReviews {
  facts: ApprovalFacts
  rows: ReviewRow[]
  people: Map<string, PersonRef>
  byAgent: boolean
}

/** Everything that the counting of approvals rests on, read once. */
export async function readApprovalFacts(
  parts: Pick<ReviewParts, 'database' | 'git' | 'site'>,
  place: Pick<RepositoryPlace, 'repository' | 'folder'>,
  row: PullRequest,
  rule: BranchRule,
  known?: { base: string; head: string },
): Promise<KnownReviews> {
  const db = parts.database.read
  const rows = await listReviews(db, row.id)
  const ends = known ?? (await readEnds(parts, place, row))
  const contributors = await readContributors(parts, place, row, ends)
  const users = await listUsers(db, [row.authorId, ...rows.flatMap(({ userId, dismissedBy }) => [userId, dismissedBy])])
  const roles = await listUserRoles(db, place.repository, [...users.values()])
  // Only what was approved at another head needs to be compared by its content.
  const isOlder = rows.some(({ verdict, headOid }) => verdict === 'approved' && headOid !== ends.head)
  const digest = isOlder ? await readChangeDigest({ git: parts.git, folder: place.folder }, ends) : null
  return {
    facts: {
      reviews: rows.map((review) => factsOf(review, users.get(review.userId)?.kind ?? 'system')),
      head: ends.head,
      patch: digest?.patch ?? null,
      authorId: row.authorId,
      ...contributors,
      writers: new Set([...roles].filter(([, role]) => coversRole(role, 'write')).map(([id]) => id)),
      ended: new Set([...users.values()].filter(({ state }) => state === 'ended').map(({ id }) => id)),
      rule,
    },
    rows,
    people: new Map([...users].map(([id, { username, displayName }]) => [id, { id, username, displayName }])),
    byAgent: contributors.byAgent,
  }
}

const factsOf = (row: ReviewRow, kind: UserTable['kind']): ReviewFacts => ({
  id: row.id,
  userId: row.userId,
  kind,
  verdict: row.verdict,
  headOid: row.headOid,
  patchDigest: row.patchDigest,
  strength: row.sealed?.worth ?? null,
  isDismissed: row.dismissedAt !== null,
})

/** Oldest first. */
async function listReviews(
  db: Db<'review' | 'seal' | 'credentialRecord'>,
  pullRequestId: Id<'prq'>,
): Promise<ReviewRow[]> {
  const rows = await db
    .selectFrom('review')
    .leftJoin('seal', 'seal.id', 'review.sealId')
    .leftJoin('credentialRecord', 'credentialRecord.id', 'seal.credentialRecordId')
    .selectAll('review')
    .select(['seal.strength', 'seal.statementDigest', 'credentialRecord.name as credentialName'])
    .select(['backupEligible', 'attestationOutcome', 'strengthCap', 'endedAt'])
    .where('pullRequestId', '=', pullRequestId)
    .orderBy('review.createdAt')
    .orderBy('review.id')
    .execute()
  return rows.map((found) => {
    const { strength, statementDigest, credentialName, backupEligible, attestationOutcome, ...rest } = found
    const { strengthCap, endedAt, ...review } = rest
    if (strength === null || statementDigest === null || credentialName === null) return { ...review, sealed: null }
    if (backupEligible === null || attestationOutcome === null) return { ...review, sealed: null }
    const key = { backupEligible, attestationOutcome, strengthCap, endedAt }
    return { ...review, sealed: { strength, statementDigest, credentialName, worth: worthOf(strength, key) } }
  })
}

/** A tap counts for no more than its key is worth today, and for nothing once that was removed. */
const worthOf = (
  made: Strength,
  key: Pick<CredentialRecordTable, 'backupEligible' | 'attestationOutcome' | 'strengthCap' | 'endedAt'>,
): Strength | null => (key.endedAt === null ? weaker(made, credentialStrength(key)) : null)

export type KnownUser = Pick<UserTable, 'id' | 'kind' | 'username' | 'displayName' | 'role' | 'state'>

export async function listUsers(db: Db<'user'>, ids: Iterable<string | null>): Promise<Map<string, KnownUser>> {
  const wanted = [...new Set(ids)].filter((id): id is Id<'usr'> => id !== null)
  if (wanted.length === 0) return new Map()
  const rows = await db
    .selectFrom('user')
    .select(['id', 'kind', 'username', 'displayName', 'role', 'state'])
    .where('id', 'in', wanted)
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}
