import { conflict, ProblemError } from '../http/problem.ts'
import { listPersonRefs } from '../identity/users.ts'
import { type BranchRule, firstRule } from '../repositories/branch-rule.ts'
import { readDiffList } from '../repositories/diff.ts'
import { leaseMs, takeLease } from '../repositories/leases.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { nothingToMerge } from '../repositories/push-proposal.ts'
import type { RefParts } from '../repositories/ref-updates.ts'
import { findTip } from '../repositories/revision.ts'
import { createTemporaryObjects } from '../repositories/storage.ts'
import { createSealRequest, type NewSealRequest, sealLifetimeMs } from '../seals/requests.ts'
import type { Facts } from '../seals/shapes.ts'
import { checkMayBypass, confirmDeadline } from './bypass.ts'
import type { MergeObjects } from './commit-template.ts'
import { identOf } from '../seals/format/ident.ts'
import { checkAsRead } from './check-as-read.ts'
import { compareBranches } from './compare-branches.ts'
import { draftOfMerge } from './merge-draft.ts'
import { renderMergeFacts } from './merge-facts.ts'
import { checkStraight, findMethodRefusal, isDetached } from './merge-methods.ts'
import type { MergeParts } from './merge-parts.ts'
import { workOut } from './merge-result.ts'
import { checkReady } from './ready/check-ready.ts'
import type { MergeQuestion } from './merge-question.ts'
import { branchName, checkNotDraft, getPullRequest, type PullRequest, pushOrClose } from './records.ts'
import { findUnsignedRefusal } from './signed-commits.ts'
import type { MergePreparation } from './shapes.ts'
import { findTargetRule } from './target-rule.ts'

/** A merge worked out and ready to be asked for: what would be signed, and what its person reads. */
export interface ReadyMerge extends MergeObjects {
  row: PullRequest
  request: Omit<NewSealRequest, 'at'>
  facts: Facts
  fileCount: number
  additions: number
  deletions: number
}

/**
 * Works out afresh what merging would make, and lays it down as a statement that waits for this person's tap. Nothing is
 * written to the repository. @throws 403, 409 where it cannot be merged, or somebody else is about to
 */
export async function prepareMerge(parts: MergeParts, question: MergeQuestion): Promise<MergePreparation> {
  const { database, now } = parts
  const { place, caller } = question
  const at = now()
  const { row, request, facts, ...rest } = await readyMerge(parts, question, { at, lifetimeMs: sealLifetimeMs })
  const made = await database.write(async (tx) => {
    const holder = await takeLease(tx, {
      repositoryId: place.repository.id,
      ref: row.targetRef,
      userId: caller.id,
      at: now(),
    })
    // Not thrown in here: that somebody was turned away is kept.
    if (holder !== caller.id) return { holder: (await listPersonRefs(tx, [holder])).get(holder) }
    return createSealRequest(tx, { ...request, at })
  })
  if (!('id' in made)) throw branchHeld(made.holder?.displayName ?? 'Somebody', row)
  return { sealRequestId: made.id, facts, ...rest, expiresAt: made.expiresAt }
}

/** Judges whether it can be merged now, and works out what would be sealed. @throws 403, 409 */
export async function readyMerge(
  parts: MergeParts,
  question: MergeQuestion,
  when: { at: number; lifetimeMs: number },
): Promise<ReadyMerge> {
  const { database, git, site } = parts
  const { place, number, method, caller } = question
  const source = { git, folder: place.folder }
  const row = await getPullRequest(database.read, place.repository.id, number)
  checkNotDraft(row)
  const ends = await readTips(parts, place, row)
  const { mergeBase } = await compareBranches(source, ends)
  if (mergeBase === null)
    throw conflict('unrelated', 'The two branches share no history.', {
      help: `Base your work on ${branchName(row.targetRef)} and push it again.`,
    })
  if (mergeBase === ends.head)
    throw conflict('nothing-to-merge', nothingToMerge(branchName(row.targetRef)), { help: pushOrClose })
  const { rule, unmet } = await checkRule(parts, question, row, ends)
  if (question.bypass !== undefined && unmet.length === 0)
    throw conflict('rule-met', `All that the rule of ${branchName(row.targetRef)} asks for is met.`, {
      help: 'Merge in a way that it allows.',
    })
  await using temporary = await createTemporaryObjects(place.folder)
  const objectDirectory = temporary.path
  const committer = identOf(caller, { rpId: site.rpId, at: when.at })
  const result = await workOut(source, { method, ...ends, committer, objectDirectory })
  await checkAsRead(source, { rule, method, ...ends, tree: result.tree })
  const { fileCount, additions, deletions, uncounted } = await readDiffList(source, {
    from: ends.base,
    to: result.tree,
    objectDirectory,
  })
  const draft = await draftOfMerge(parts, question, row, { ...ends, result, rule, ...when })
  const facts = renderMergeFacts({
    path: place.path,
    number,
    method,
    title: row.title,
    ...ends,
    tree: result.tree,
    commits: result.commits,
    fileCount,
    additions,
    deletions,
    uncounted,
    targetBranch: branchName(row.targetRef),
    sourceBranch: branchName(row.sourceRef),
    policyDigest: draft.statement.predicate.policyDigest,
    isProtected: rule !== undefined,
    past: question.bypass && {
      reason: question.bypass.reason,
      unmet,
      confirmBy: confirmDeadline(rule ?? firstRule, when.at),
    },
  })
  return {
    row,
    request: {
      userId: caller.id,
      requestedBy: caller.id,
      action: method,
      repositoryId: place.repository.id,
      draft,
      facts,
      lifetimeMs: when.lifetimeMs,
    },
    facts,
    ...ends,
    tree: result.tree,
    fileCount,
    additions,
    deletions,
  }
}

/** Where both branches are now. @throws 409 */
export async function readTips(
  { git }: Pick<RefParts, 'git'>,
  place: RepositoryPlace,
  row: PullRequest,
): Promise<{ base: string; head: string }> {
  const source = { git, folder: place.folder }
  const head = await findTip(source, row.sourceRef)
  if (head === undefined)
    throw conflict('source-missing', `The branch ${branchName(row.sourceRef)} is gone.`, { help: 'Push it again.' })
  const base = await findTip(source, row.targetRef)
  if (base === undefined)
    throw conflict('target-missing', `The branch ${branchName(row.targetRef)} is gone.`, {
      help: 'Push it again, or close this pull request.',
    })
  return { base, head }
}

/**
 * Everything the branch's rule asks, before the tap and once more at the release: the way to merge, and that it is ready
 * or that this person may go past it. Returns the rule, and what of it is not met. @throws 403, 409
 */
export async function checkRule(
  parts: MergeParts,
  { place, caller, method, bypass }: MergeQuestion,
  row: PullRequest,
  ends: { base: string; head: string },
): Promise<{ rule: BranchRule | undefined; unmet: string[] }> {
  const rule = await findTargetRule(parts.database.read, row)
  const branch = branchName(row.targetRef)
  const isPastRule = bypass !== undefined
  const refusal = findMethodRefusal({ method, rule, branch, isPastRule })
  if (refusal !== undefined) throw conflict('method-refused', refusal, { help: 'Choose another way to merge.' })
  if (isPastRule) await checkMayBypass(parts.database.read, { rule, role: place.role, asker: caller })
  else if (rule?.linearHistory === true && isDetached(method))
    await checkStraight({ git: parts.git, folder: place.folder }, { ...ends, branch })
  const unsigned =
    rule?.signedCommits === true ? await findUnsignedRefusal(parts, place, { method, ends, branch }) : undefined
  if (unsigned !== undefined && !isPastRule) throw unsigned
  const missing = await checkReady(parts, place, row, { bypass: isPastRule, ends })
  const usual = isPastRule ? findMethodRefusal({ method, rule, branch }) : undefined
  const past = [usual, unsigned?.message].filter((sentence) => sentence !== undefined)
  return { rule, unmet: [...past, ...missing] }
}

const branchHeld = (name: string, row: PullRequest): ProblemError =>
  conflict('branch-held', `${name} is about to merge into ${branchName(row.targetRef)}.`, {
    help: `Try again in ${leaseMs / 1000} seconds at most.`,
  })
