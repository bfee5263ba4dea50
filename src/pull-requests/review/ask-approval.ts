import { conflict, forbidden } from '../../http/problem.ts'
import type { Caller } from '../../identity/caller.ts'
import { firstRule } from '../../repositories/branch-rule.ts'
import { readDiffList } from '../../repositories/diff.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import { nothingToMerge } from '../../repositories/push-proposal.ts'
import { askedBy } from '../../seals/asked-from.ts'
import { draftApproval } from '../../seals/format/draft.ts'
import type { TapQuestion } from '../../seals/judge-tap.ts'
import { createSealRequest, sealLifetimeMs } from '../../seals/requests.ts'
import { closeRequestsAbout } from '../../seals/withdraw.ts'
import type { ReviewParts } from './review-parts.ts'
import { branchName, checkOpen, type PullRequest } from '../records.ts'
import { findTargetRule } from '../target-rule.ts'
import { findApprovalRefusal } from './approval-refusal.ts'
import { readChangeDigest } from './change-digest.ts'
import { readContributors } from './contributors.ts'
import { renderApprovalFacts } from './approval-words.ts'
import type { ReviewMade } from './shapes.ts'

/** What a token asks for waits in its person's inbox, who may be anywhere. */
const inboxLifetimeMs = 24 * 3_600_000

/** What the rules are asked about an approval, at each of its steps. */
export const approvalQuestion = (
  { repository, role }: Pick<RepositoryPlace, 'repository' | 'role'>,
  row: Pick<PullRequest, 'targetRef'>,
): TapQuestion => ({
  act: 'approve',
  place: { projectId: repository.projectId, repositoryId: repository.id, branch: branchName(row.targetRef), role },
})

/**
 * Lays down a statement about exactly this head and change, to be tapped by who approves. Nothing is approved before
 * that. @throws 403 who cannot approve this, 409
 */
export async function askApproval(
  parts: ReviewParts,
  {
    place,
    caller,
    row,
    ends,
    body,
  }: {
    place: RepositoryPlace
    caller: Caller
    row: PullRequest
    ends: { base: string; head: string }
    body: string
  },
): Promise<NonNullable<ReviewMade['sealRequest']>> {
  const { database, git, site, now } = parts
  const contributors = await readContributors(parts, place, row, ends)
  checkOpen(row)
  const refusal = findApprovalRefusal(place, row, caller, contributors)
  if (refusal !== null) throw forbidden(refusal, 'Ask somebody else to review it.')
  const source = { git, folder: place.folder }
  const digest = await readChangeDigest(source, ends)
  if (digest === null || digest.mergeBase === ends.head)
    throw conflict('nothing-to-approve', nothingToMerge(branchName(row.targetRef)), {
      help: 'Close it, or approve once new commits are there.',
    })
  const list = await readDiffList(source, { from: digest.mergeBase, to: ends.head })
  const rule = (await findTargetRule(database.read, row)) ?? firstRule
  const at = now()
  const lifetimeMs = caller.by.kind === 'token' ? inboxLifetimeMs : sealLifetimeMs
  const { digest: policyDigest } = parts.policy.current()
  const facts = renderApprovalFacts({
    path: place.path,
    number: row.number,
    title: row.title,
    targetBranch: branchName(row.targetRef),
    head: ends.head,
    ...digest,
    ...list,
    policyDigest,
    body: body.trim(),
    isLastPusher: rule.excludeLastPusher && contributors.lastPusherId === caller.id,
  })
  const about = `approval of ${row.id} by ${caller.id} through ${askerOf(caller)}`
  return database.write(async (tx) => {
    // Of two that wait, the newer one is meant; no program takes back what another or the person's browser asks.
    await closeRequestsAbout(tx, [about])
    const { id, code } = await createSealRequest(tx, {
      userId: caller.id,
      requestedBy: caller.id,
      action: 'approve',
      repositoryId: place.repository.id,
      draft: {
        statement: draftApproval(
          {
            signer: { userId: caller.id, username: caller.username },
            requestedBy: caller.id,
            policyDigest,
            issuedAt: at,
            notAfter: at + lifetimeMs,
          },
          {
            repository: { id: place.repository.id, url: `${site.origin}/${place.path}.git` },
            targetRef: row.targetRef,
            head: ends.head,
            pullRequest: row.number,
            ...digest,
          },
        ),
        question: approvalQuestion(place, row),
        stockVerifiableOnly: false,
        leastStrength: rule.approvalStrength,
        kept: body,
      },
      facts,
      at,
      lifetimeMs,
      about,
      asked: await askedBy(tx, caller),
    })
    return { id, code, facts }
  })
}

const askerOf = ({ by }: Caller): string =>
  by.kind === 'token' ? by.tokenId : by.kind === 'grant' ? by.grantId : by.kind
