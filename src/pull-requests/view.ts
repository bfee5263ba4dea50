import { renderStatuses } from '../checks/read-statuses.ts'
import type { Db } from '../database/handles.ts'
import { notFound } from '../http/problem.ts'
import type { PersonRef } from '../http/shapes.ts'
import type { Caller } from '../identity/caller.ts'
import { listPersonRefs } from '../identity/users.ts'
import { coversRole } from '../repositories/access.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { listProofs } from '../repositories/proofs.ts'
import type { RefParts } from '../repositories/ref-updates.ts'
import { findTip } from '../repositories/revision.ts'
import { compareBranches } from './compare-branches.ts'
import { readBypassView } from './confirm-bypass.ts'
import { findSummary, renderSummary } from './list.ts'
import { readBadges } from './list-badges.ts'
import { readBypassRefusal, readMergeRights } from './merge-rights.ts'
import { judgeMergeability } from './mergeability.ts'
import type { MergeParts } from './merge-parts.ts'
import { judgeReady } from './ready/judge-ready.ts'
import { judgeMethods, readHistory } from './ready/method-choices.ts'
import { readChecks, readReady } from './ready/read-ready.ts'
import type { JudgedCheck } from './ready/required-checks.ts'
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
  parts: MergeParts,
  place: RepositoryPlace,
  caller: Caller | undefined,
  number: number,
): Promise<PullRequestView> {
  const { database, git } = parts
  const db = database.read
  const row = await getPullRequest(db, place.repository.id, number)
  const summary = await findSummary(db, row.id)
  if (summary === undefined) throw notFound('This pull request')
  const source = { git, folder: place.folder }
  const ends = await readEnds(parts, place, row)
  const comparison = await compareBranches(source, ends)
  const { mergeBase } = comparison
  const rule = await findTargetRule(db, row)
  const isMergeable = row.state === 'open' && ends.hasSource && ends.hasTarget && mergeBase !== null
  const ready = rule !== undefined && isMergeable ? await readReady(parts, place, row, { rule, ends }) : null
  const lines = ready === null ? [] : judgeReady(ready)
  const checks = ready?.checks ?? (await readChecks(db, row, rule, ends.head))
  const mayWrite = caller !== undefined && coversRole(place.role, 'write')
  const people = await listPersonRefs(db, [row.mergedBy, row.autoMergeBy])
  const proofs = await listProofs(
    { db, policy: parts.policy, at: parts.now() },
    row.repositoryId,
    row.mergeOid === null ? [] : [row.mergeOid],
  )
  const methods = judgeMethods({
    rule,
    branch: branchName(row.targetRef),
    history: isMergeable ? await readHistory(source, { ...ends, mergeBase }) : null,
    unsigned: ready?.unsigned ?? null,
  })
  const mergeability = judgeMergeability({
    state: row.state,
    isDraft: row.isDraft === 1,
    sourceBranch: branchName(row.sourceRef),
    targetBranch: branchName(row.targetRef),
    hasSource: ends.hasSource,
    hasTarget: ends.hasTarget,
    comparison: ends.hasSource && ends.hasTarget ? comparison : null,
    ready: lines,
    methods,
    ...(await readMergeRights(parts, place, row, { caller, rule })),
  })
  return {
    ...renderSummary(summary, (await readBadges(db, [summary]))(summary)),
    description: row.description,
    headOid: ends.head,
    baseOid: ends.base,
    mergeBaseOid: mergeBase,
    commitCount: comparison.commitCount,
    mergeability,
    methods,
    checks: await renderChecks(db, checks),
    autoMerge: autoMergeOf(row, people),
    bypass: await readBypassView(db, { row, role: place.role, asker: caller, at: parts.now() }),
    mergedBy: people.get(row.mergedBy ?? '') ?? null,
    mergedAt: row.state === 'merged' ? row.closedAt : null,
    mergeMethod: row.mergeMethod,
    mergeOid: row.mergeOid,
    mergeProof: proofs.get(row.mergeOid ?? '') ?? null,
    timeline: await readTimeline(db, row.id),
    can: {
      edit: mayWrite,
      close: mayWrite && row.state === 'open',
      revert: mayWrite && row.state === 'merged',
      // Also while somebody else is about to: whoever asks waits a minute at most.
      merge: mergeability.state === 'ready',
      autoMerge: mayWrite && caller.kind === 'person' && row.state === 'open' && row.isDraft === 0,
      bypassRefusal: await readBypassRefusal(parts, place, { caller, rule, state: mergeability.state, lines, methods }),
    },
  }
}

const autoMergeOf = (row: PullRequest, people: ReadonlyMap<string, PersonRef>): PullRequestView['autoMerge'] => {
  const by = people.get(row.autoMergeBy ?? '')
  return by === undefined || row.autoMergeMethod === null ? null : { by, method: row.autoMergeMethod }
}

async function renderChecks(
  db: Db<'user' | 'apiToken'>,
  checks: readonly JudgedCheck[],
): Promise<PullRequestView['checks']> {
  const views = await renderStatuses(
    db,
    checks.flatMap(({ status }) => status ?? []),
  )
  const byId = new Map(views.map((view) => [view.id, view]))
  return checks.map(({ status, ...check }) => ({ ...check, status: byId.get(status?.id ?? '') ?? null }))
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
