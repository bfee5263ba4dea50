import type { Database } from '../database/handles.ts'
import type { RefUpdateTable } from '../database/schema.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { readChangeDigest } from '../pull-requests/review/change-digest.ts'
import type { Git } from '../repositories/git.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { parseStatement } from '../seals/format/statement.ts'
import type { SealedBy, SourceUpdate } from './statements.ts'

type Facts = Omit<SourceUpdate, 'origin' | 'at' | 'controls' | 'level'> & {
  /** Ids of the people who sealed the final revision. */
  people: ReadonlySet<string>
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
  const actor = await read
    .selectFrom('user')
    .select(['username', 'kind'])
    .where('id', '=', row.actorId)
    .executeTakeFirstOrThrow()
  const pullRequest =
    row.pullRequestId === null
      ? undefined
      : await read.selectFrom('pullRequest').selectAll().where('id', '=', row.pullRequestId).executeTakeFirst()
  const own = row.sealId === null ? [] : await listSeals(read, [row.sealId])
  const approvals = pullRequest === undefined ? [] : await listApprovals()
  const seals = [...own, ...approvals]
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
    isPastRule: typeof pullRequest?.bypassReason === 'string',
  }

  /** Approvals over the very change that landed; what was said of another head, or taken back, is not among them. */
  async function listApprovals() {
    if (pullRequest === undefined) return []
    const reviews = await read
      .selectFrom('review')
      .innerJoin('user', 'user.id', 'review.userId')
      .select(['sealId', 'headOid', 'patchDigest'])
      .where('pullRequestId', '=', pullRequest.id)
      .where('verdict', '=', 'approved')
      .where('dismissedAt', 'is', null)
      .where('user.kind', '=', 'person')
      .where('review.createdAt', '<=', row.createdAt)
      .execute()
    if (reviews.length === 0) return []
    const source = { git, folder }
    const change = await readChangeDigest(source, { base: row.oldOid, head: pullRequest.headOid })
    const ids = reviews
      .filter((review) => review.headOid === pullRequest.headOid || review.patchDigest === change?.patch)
      .flatMap(({ sealId }) => (sealId === null ? [] : [sealId]))
    return ids.length === 0 ? [] : listSeals(read, ids)
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
