import type { Database } from '../database/handles.ts'
import type { PullRequestTable, RefUpdateTable } from '../database/schema.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { listMergeBases } from '../repositories/merge-bases.ts'
import { withPreview } from '../pull-requests/merge-trees.ts'
import { readChangeDigest } from '../pull-requests/review/change-digest.ts'
import { coversRole } from '../repositories/access.ts'
import type { Git } from '../repositories/git.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { listUserRoles } from '../repositories/user-roles.ts'
import { parseStatement } from '../seals/format/statement.ts'
import type { SealedBy, SourceUpdate } from './statements.ts'

type Facts = Omit<SourceUpdate, 'origin' | 'at' | 'controls' | 'level'> & {
  /** Ids of the people who sealed the final revision. */
  people: ReadonlySet<string>
  /** What landed is what was approved, path by path, or what merging it gives. */
  isAsApproved: boolean
  /** A tap let it land, on a page or by a signed push. */
  isTapped: boolean
  /** It went past the branch's rule in an emergency, so nothing that the rule asks was held to. */
  isPastRule: boolean
}

/** Who brought one change of a branch about, and who agreed to exactly it. */
export async function readUpdate(
  { database, git, policy }: { database: Database; git: Git; policy: PolicyInForce },
  { repository, path, folder }: Pick<RepositoryPlace, 'repository' | 'path' | 'folder'>,
  row: RefUpdateTable,
): Promise<Facts> {
  const { read } = database
  const source = { git, folder }
  const actor = await read
    .selectFrom('user')
    .select(['username', 'kind'])
    .where('id', '=', row.actorId)
    .executeTakeFirstOrThrow()
  const pullRequest =
    row.pullRequestId === null
      ? undefined
      : await read.selectFrom('pullRequest').selectAll().where('id', '=', row.pullRequestId).executeTakeFirst()
  // A tap that only wrote the commit agreed to no change.
  const own = (row.sealId === null ? [] : await listSeals(read, [row.sealId])).filter(({ did }) => did !== 'commit')
  const pushed = row.sealId === null ? await listSignedPush(read, row) : []
  const reviews = pullRequest === undefined ? [] : await listApprovals(pullRequest)
  const approvalIds = reviews.flatMap(({ sealId }) => (sealId === null ? [] : [sealId]))
  const approvals = approvalIds.length === 0 ? [] : await listSeals(read, approvalIds)
  const seals = [...own, ...pushed, ...approvals]
  const sealed = own[0] && parseStatement(Buffer.from(own[0].statement, 'base64'))
  return {
    repository: { id: repository.id, path },
    ref: row.ref,
    oldOid: row.oldOid,
    newOid: row.newOid,
    actor: { userId: row.actorId, ...actor, method: row.method.split(' ')[0] ?? '' },
    pullRequest: pullRequest?.number ?? null,
    seals: seals.map(({ userId, username, did, strength, statementDigest }) => ({
      userId,
      username,
      did,
      strength,
      statementDigest,
    })),
    policyDigest: sealed?.predicate.policyDigest ?? policy.current().digest,
    people: new Set(seals.map(({ userId }) => userId)),
    isAsApproved: pullRequest !== undefined && (await isWhatWasApproved(pullRequest)),
    isTapped: own.length + pushed.length > 0,
    isPastRule: typeof pullRequest?.bypassReason === 'string',
  }

  /**
   * Approvals over the very change that landed, by people who could write there; what was said of another head, or taken
   * back, is not among them.
   */
  async function listApprovals({ id, headOid }: PullRequestTable) {
    const found = await read
      .selectFrom('review')
      .innerJoin('user', 'user.id', 'review.userId')
      .innerJoin('seal', 'seal.id', 'review.sealId')
      .innerJoin('credentialRecord', 'credentialRecord.id', 'seal.credentialRecordId')
      .select(['sealId', 'headOid', 'patchDigest', 'user.id', 'user.role', 'user.state'])
      .where('pullRequestId', '=', id)
      .where('verdict', '=', 'approved')
      .where('dismissedAt', 'is', null)
      .where('user.kind', '=', 'person')
      .where('review.createdAt', '<=', row.createdAt)
      // What was tapped with a key that had ended when it landed counted for nobody.
      .where((eb) =>
        eb.or([eb('credentialRecord.endedAt', 'is', null), eb('credentialRecord.endedAt', '>', row.createdAt)]),
      )
      .execute()
    // Nor does it count by whom the branch no longer trusts: this is said as it lands, so roles are those of then.
    const roles = await listUserRoles(read, repository, found)
    const trusted = found.filter(({ id: userId }) => coversRole(roles.get(userId) ?? 'read', 'write'))
    if (trusted.length === 0) return []
    const change = await readChangeDigest(source, { base: row.oldOid, head: headOid })
    return trusted.filter((review) => review.headOid === headOid || review.patchDigest === change?.patch)
  }

  /** As `postern verify` tells it: a rebase can make something else of the same commits than a merge. */
  async function isWhatWasApproved({ headOid }: PullRequestTable): Promise<boolean> {
    if (reviews.length === 0) return false
    if (row.newOid === headOid) return true
    const landed = await readChangeDigest(source, { base: row.oldOid, head: row.newOid })
    if (landed === null) return false
    if (reviews.some(({ patchDigest }) => patchDigest === landed.patch)) return true
    if ((await listMergeBases(source, { base: row.oldOid, head: headOid })).length !== 1) return false
    return withPreview(
      source,
      { base: row.oldOid, head: headOid },
      async ({ outcome }) => outcome.kind === 'clean' && outcome.tree === landed.tree,
    )
  }
}

async function listSeals(
  db: Database['read'],
  ids: readonly NonNullable<RefUpdateTable['sealId']>[],
): Promise<(SealedBy & { statement: string })[]> {
  return db
    .selectFrom('seal')
    .innerJoin('user', 'user.id', 'seal.userId')
    .select(['seal.userId', 'username', 'seal.action as did', 'seal.strength', 'statementDigest', 'statement'])
    .where('seal.id', 'in', ids)
    .orderBy('sealedAt')
    .execute()
}

/** The certificate that was the tap for this update; `postern verify` finds it in the repository by the same digest. */
async function listSignedPush(db: Database['read'], { batchId }: RefUpdateTable): Promise<SealedBy[]> {
  const rows = await db
    .selectFrom('pushCertificate')
    .innerJoin('user', 'user.id', 'pushCertificate.signerId')
    .select(['user.id as userId', 'username', 'strength', 'digest'])
    .where('batchId', '=', batchId)
    .where('strength', 'is not', null)
    .execute()
  return rows.flatMap(({ userId, username, strength, digest }) =>
    strength === null ? [] : [{ userId, username, did: 'signed-push', strength, statementDigest: `sha256:${digest}` }],
  )
}
