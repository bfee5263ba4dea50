import { conflict, ProblemError } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import type { Place } from '../identity/registration.ts'
import { findUserById, listPersonRefs } from '../identity/users.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { listCommits } from '../repositories/commits.ts'
import { type DiffList, readDiffList } from '../repositories/diff.ts'
import { leaseMs, takeLease } from '../repositories/leases.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import type { RefParts } from '../repositories/ref-updates.ts'
import { findTip } from '../repositories/revision.ts'
import { draftMerge } from '../seals/format/draft.ts'
import type { TapQuestion } from '../seals/judge-tap.ts'
import { createSealRequest, sealLifetimeMs } from '../seals/requests.ts'
import { mergeTemplate, type MergeObjects } from './commit-template.ts'
import { compareBranches } from './compare-branches.ts'
import { renderMergeFacts } from './merge-facts.ts'
import { type MergeOutcome, withPreview } from './merge-trees.ts'
import { branchName, checkOpen, getPullRequest, type PullRequest } from './records.ts'
import type { MergeMethod, MergePreparation } from './shapes.ts'
import { findTargetRule } from './target-rule.ts'

export interface MergeParts extends RefParts {
  policy: PolicyInForce
  /** RP ID and origin of this instance. */
  site: Place
}

export interface MergeQuestion {
  place: RepositoryPlace
  caller: Caller
  number: number
  method: MergeMethod
}

const mostSubjects = 100

/**
 * Works out afresh what merging would make, and lays it down as a statement and a commit that wait for this person's
 * tap. Nothing is written to the repository. @throws 409 where it cannot be merged, or somebody else is about to
 */
export async function prepareMerge(parts: MergeParts, question: MergeQuestion): Promise<MergePreparation> {
  const { database, git } = parts
  const { place, number } = question
  const row = await getPullRequest(database.read, place.repository.id, number)
  checkOpen(row)
  const ends = await readTips(parts, place, row)
  const { mergeBase } = await compareBranches({ git, folder: place.folder }, ends)
  if (mergeBase === null) throw conflict('unrelated', 'The two branches share no history.')
  if (mergeBase === ends.head) throw conflict('nothing-to-merge', `${branchName(row.targetRef)} has all of it already.`)
  return withPreview({ git, folder: place.folder }, ends, async ({ outcome, objectDirectory }) => {
    const tree = getMergedTree(outcome)
    const list = await readDiffList({ git, folder: place.folder }, { from: ends.base, to: tree, objectDirectory })
    return layDown(parts, question, row, { ...ends, tree }, list)
  })
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
  if (base === undefined) throw conflict('target-missing', `The branch ${branchName(row.targetRef)} is gone.`)
  return { base, head }
}

/** @throws 409 that names the files */
export function getMergedTree(outcome: MergeOutcome): string {
  if (outcome.kind === 'clean') return outcome.tree
  const named = outcome.files.slice(0, 10).join(', ')
  const more = outcome.files.length > 10 ? ` and ${outcome.files.length - 10} more` : ''
  throw conflict('conflicts', `Both sides changed ${named}${more}.`, {
    help: 'Merge the target into your branch, resolve them, and push.',
  })
}

async function layDown(
  parts: MergeParts,
  question: MergeQuestion,
  row: PullRequest,
  objects: MergeObjects,
  list: DiffList,
): Promise<MergePreparation> {
  const { database, site, now } = parts
  const { place, caller, method, number } = question
  const { repository, path } = place
  const at = now()
  const { digest: policyDigest } = parts.policy.current()
  const rule = await findTargetRule(database.read, row)
  const author = (await findUserById(database.read, row.authorId)) ?? caller
  const subjects = method === 'squash' ? await readSubjects(parts, place, objects) : []
  const words = { method, number, title: row.title, description: row.description, subjects }
  const template = mergeTemplate(objects, words, { signer: caller, author }, { rpId: site.rpId, at })
  const statement = draftMerge(
    {
      signer: { userId: caller.id, username: caller.username },
      requestedBy: caller.id,
      policyDigest,
      issuedAt: at,
      notAfter: at + sealLifetimeMs,
    },
    {
      action: method,
      repository: { id: repository.id, url: `${site.origin}/${path}.git` },
      targetRef: row.targetRef,
      ...objects,
      pullRequest: number,
    },
  )
  const { fileCount, additions, deletions, uncounted } = list
  const facts = renderMergeFacts({
    path,
    number,
    method,
    title: row.title,
    ...objects,
    fileCount,
    additions,
    deletions,
    uncounted,
    targetBranch: branchName(row.targetRef),
    sourceBranch: branchName(row.sourceRef),
    policyDigest,
    isProtected: rule !== undefined,
  })
  const request = await database.write(async (tx) => {
    const holder = await takeLease(tx, { repositoryId: repository.id, ref: row.targetRef, userId: caller.id, at })
    if (holder !== caller.id)
      throw branchHeld((await listPersonRefs(tx, [holder])).get(holder)?.displayName ?? 'Somebody', row)
    return createSealRequest(tx, {
      userId: caller.id,
      requestedBy: caller.id,
      action: method,
      repositoryId: repository.id,
      draft: {
        statement,
        template,
        question: mergeQuestion(place, row),
        stockVerifiableOnly: rule?.stockVerifiableOnly ?? false,
      },
      facts,
      at,
    })
  })
  return { sealRequestId: request.id, facts, ...objects, fileCount, additions, deletions, expiresAt: request.expiresAt }
}

/** What the rules are asked about a merge, at each of its steps. */
export const mergeQuestion = ({ repository, role }: RepositoryPlace, row: PullRequest): TapQuestion => ({
  act: 'merge',
  place: { projectId: repository.projectId, repositoryId: repository.id, branch: branchName(row.targetRef), role },
})

async function readSubjects(
  { git }: MergeParts,
  { folder }: RepositoryPlace,
  { base, head }: MergeObjects,
): Promise<string[]> {
  const commits = await listCommits({ git, folder }, { tip: head, without: base, limit: mostSubjects })
  return commits.map(({ subject }) => subject).toReversed()
}

const branchHeld = (name: string, row: PullRequest): ProblemError =>
  conflict('branch-held', `${name} is about to merge into ${branchName(row.targetRef)}.`, {
    help: `Try again in ${leaseMs / 1000} seconds at most.`,
  })
