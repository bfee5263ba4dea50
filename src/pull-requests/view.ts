import { notFound } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import { listCredentialRecords } from '../identity/credential-records.ts'
import { listPersonRefs } from '../identity/users.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { coversRole } from '../repositories/access.ts'
import { findLeaseHolder } from '../repositories/leases.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { listProofs } from '../repositories/proofs.ts'
import type { RefParts } from '../repositories/ref-updates.ts'
import { findTip } from '../repositories/revision.ts'
import { createTapJudge } from '../seals/judge-tap.ts'
import { refusalOf } from '../seals/requests.ts'
import { compareBranches } from './compare-branches.ts'
import { findSummary, renderSummary } from './list.ts'
import { judgeMergeability, type MergeFacts } from './mergeability.ts'
import { mergeQuestion } from './prepare-merge.ts'
import { branchName, getPullRequest, type PullRequest } from './records.ts'
import type { PullRequestView } from './shapes.ts'
import { findTargetRule } from './target-rule.ts'
import { readTimeline } from './timeline.ts'

/** Where both branches are now, for one that is open; where they were, for one that is not. */
async function readEnds(parts: Pick<RefParts, 'git'>, place: RepositoryPlace, row: PullRequest) {
  if (row.state !== 'open') return { base: row.baseOid, head: row.headOid, hasSource: true, hasTarget: true }
  const source = { git: parts.git, folder: place.folder }
  const [base, head] = [await findTip(source, row.targetRef), await findTip(source, row.sourceRef)]
  return {
    base: base ?? row.baseOid,
    head: head ?? row.headOid,
    hasSource: head !== undefined,
    hasTarget: base !== undefined,
  }
}

/** Everything that the page of one pull request shows to this caller. */
export async function readPullRequest(
  parts: RefParts & { policy: PolicyInForce },
  place: RepositoryPlace,
  caller: Caller | undefined,
  number: number,
): Promise<PullRequestView> {
  const { database, git } = parts
  const row = await getPullRequest(database.read, place.repository.id, number)
  const summary = await findSummary(database.read, row.id)
  if (summary === undefined) throw notFound('This pull request')
  const ends = await readEnds(parts, place, row)
  const comparison = await compareBranches({ git, folder: place.folder }, ends)
  const mayWrite = caller !== undefined && coversRole(place.role, 'write')
  const people = await listPersonRefs(database.read, [row.mergedBy])
  const proofs = await listProofs(
    { db: database.read, policy: parts.policy, at: parts.now() },
    row.repositoryId,
    row.mergeOid === null ? [] : [row.mergeOid],
  )
  const mergeability = judgeMergeability({
    state: row.state,
    sourceBranch: branchName(row.sourceRef),
    targetBranch: branchName(row.targetRef),
    hasSource: ends.hasSource,
    hasTarget: ends.hasTarget,
    comparison: ends.hasSource && ends.hasTarget ? comparison : null,
    ...(await readMergeRights(parts, place, row, caller)),
  })
  return {
    ...renderSummary(summary),
    description: row.description,
    headOid: ends.head,
    baseOid: ends.base,
    mergeBaseOid: comparison.mergeBase,
    commitCount: comparison.commitCount,
    mergeability,
    mergedBy: people.get(row.mergedBy ?? '') ?? null,
    mergedAt: row.state === 'merged' ? row.closedAt : null,
    mergeMethod: row.mergeMethod,
    mergeOid: row.mergeOid,
    mergeProof: proofs.get(row.mergeOid ?? '') ?? null,
    timeline: await readTimeline(database.read, row.id),
    can: {
      edit: mayWrite,
      close: mayWrite && row.state === 'open',
      merge: mergeability.state === 'ready' && mergeability.heldBy === null,
    },
  }
}

async function readMergeRights(
  parts: RefParts & { policy: PolicyInForce },
  place: RepositoryPlace,
  row: PullRequest,
  caller: Caller | undefined,
): Promise<Pick<MergeFacts, 'mayMerge' | 'key' | 'heldBy'>> {
  const { database, now } = parts
  const isPerson = caller?.kind === 'person' && caller.by.kind === 'session'
  const holder = await findLeaseHolder(database.read, { repositoryId: row.repositoryId, ref: row.targetRef }, now())
  const heldBy = holder === undefined || holder === caller?.id ? null : holder
  return {
    mayMerge: isPerson && coversRole(place.role, 'write'),
    key: isPerson && coversRole(place.role, 'write') ? await judgeKeys(parts, place, row, caller) : null,
    heldBy: (await listPersonRefs(database.read, [heldBy])).get(heldBy ?? '') ?? null,
  }
}

/** Whether one of the caller's keys may merge this: by the branch's own rule and by the guardrails. */
async function judgeKeys(
  { database, policy, now }: RefParts & { policy: PolicyInForce },
  place: RepositoryPlace,
  row: PullRequest,
  caller: Caller,
): Promise<MergeFacts['key']> {
  const rule = (await findTargetRule(database.read, row)) ?? { stockVerifiableOnly: false }
  const question = mergeQuestion(place, row)
  const judge = await createTapJudge({ db: database.read, policy }, { question, caller, at: now() })
  const records = await listCredentialRecords(database.read, caller.id)
  const isAsked = records.some((record) => Object.keys(judge(record).decision.requirement.from).length > 0)
  const refusals = records.map((record) => refusalOf(record, rule, judge))
  const [first] = refusals
  if (first !== undefined && refusals.every((refusal) => refusal !== undefined)) return { refusal: first }
  return isAsked || rule.stockVerifiableOnly ? { refusal: null } : null
}

/** What its pages of commits and files compare: what it brings, or, once merged, what it brought. @throws 404 */
export async function readChange(
  parts: Pick<RefParts, 'git' | 'database'>,
  place: RepositoryPlace,
  number: number,
): Promise<{ base: string; head: string; comparison: { from: string; to: string } }> {
  const row = await getPullRequest(parts.database.read, place.repository.id, number)
  const { base, head } = await readEnds(parts, place, row)
  if (row.mergeOid !== null) return { base, head, comparison: { from: base, to: row.mergeOid } }
  const { mergeBase } = await compareBranches({ git: parts.git, folder: place.folder }, { base, head })
  if (mergeBase === null) throw notFound('What this was proposed for')
  return { base, head, comparison: { from: mergeBase, to: head } }
}
