import { escapeHidden } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { ReviewCommentTable, ReviewThreadTable, TableName } from '../../database/schema.ts'
import { conflict, forbidden, lookAgain } from '../../http/problem.ts'
import type { Caller } from '../../identity/caller.ts'
import { findUserById } from '../../identity/users.ts'
import { explainDecision } from '../../policy/words.ts'
import { commitOid } from '../../protocols/sshsig/commit-signature.ts'
import { editCommit } from '../../repositories/edits/edit-commit.ts'
import { getTapped, movedBy, type Signing } from '../../repositories/edits/signing.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import { checkStillWrites } from '../../repositories/push-standing.ts'
import { createPushJudge } from '../../repositories/push-taps.ts'
import { methodOf, moveRef } from '../../repositories/ref-updates.ts'
import { findTip } from '../../repositories/revision.ts'
import { followBranches } from '../follow-branches.ts'
import type { ReviewParts } from './review-parts.ts'
import { branchName, checkOpen, getPullRequest, type PullRequest } from '../records.ts'
import { getComment } from './comments.ts'
import type { LineRange } from './map-line.ts'
import { noteReview } from './note.ts'
import { placeThreads } from './place-threads.ts'
import { findApplyRefusal } from './render-threads.ts'
import { findSuggestion } from './suggestion.ts'
import { replaceInTree, suggestionWords } from './suggestion-commit.ts'
import type { InReview } from './in-review.ts'
import { getThread } from './threads.ts'

interface Suggested {
  row: PullRequest
  comment: ReviewCommentTable
  thread: ReviewThreadTable
  head: string
  path: string
  range: LineRange
  lines: readonly string[]
}

/**
 * Puts what a comment suggests in place of its thread's lines: one commit on the source branch, moved there by the rules
 * of a push. @throws 401 `seal-required` where it is to be signed and nobody has tapped, 403, 404, 409
 */
export async function applySuggestion(
  parts: ReviewParts,
  { place, caller, number, signing }: InReview & { signing?: Signing | undefined },
  id: string,
): Promise<{ oid: string }> {
  const { database, git, site, now } = parts
  const suggested = await findSuggested(parts, { place, caller, number }, id)
  const { row, head, path, comment } = suggested
  const tree = await replaceInTree({ git, folder: place.folder }, suggested)
  const author = (await findUserById(database.read, comment.authorId)) ?? caller
  const commit = { tree, parent: head, ...suggestionWords({ path, number, author }), author }
  const move = { place, ref: row.sourceRef, oldOid: head, files: [`change ${escapeHidden(path)}`] }
  const tapped = signing && (await getTapped(parts, { ...commit, ...move }, signing))
  const commitBytes = tapped?.bytes ?? editCommit(commit, caller, { rpId: site.rpId, at: now() })
  const oid = commitOid(commitBytes)
  const by = tapped === undefined ? { method: methodOf(caller), strength: caller.strength } : movedBy(tapped)
  await moveRef({
    database,
    git,
    now,
    place,
    ...by,
    door: 'suggestion',
    ref: row.sourceRef,
    oldOid: head,
    newOid: oid,
    actor: caller,
    commitBytes,
    async onPrepare(tx) {
      await checkStill(tx, parts, { place, caller, number }, suggested)
      await tapped?.take(tx)
    },
    onMoved: tapped && parts.onMoved,
    onDone: (tx) => recordApplied(tx, { place, caller, suggested, oid, person: author.username, at: now() }),
  })
  const { method, strength } = by
  await followBranches(parts, place, [{ ref: row.sourceRef, actorId: caller.id, method, strength }])
  return { oid }
}

async function findSuggested(
  { database, git }: ReviewParts,
  { place, caller, number }: InReview,
  id: string,
): Promise<Suggested> {
  const source = { git, folder: place.folder }
  const row = await getPullRequest(database.read, place.repository.id, number)
  const comment = await getComment(database.read, row, caller, id)
  const thread = await getThread(database.read, row, caller, comment.threadId)
  const head = await findTip(source, row.sourceRef)
  const lines = findSuggestion(comment.body)
  if (lines === null || thread.line === null)
    throw conflict('no-suggestion', 'This comment suggests no other lines.', { help: 'Change them by hand.' })
  const sides = { base: thread.anchorOid, head: head ?? row.headOid }
  const stands = (await placeThreads(source, [thread], sides)).get(thread.id) ?? {
    path: null,
    lines: null,
    isOutdated: true,
  }
  const refusal = findApplyRefusal(comment, thread, stands, { place, row, caller, hasSource: head !== undefined })
  if (refusal !== null || stands.lines === null || stands.path === null || head === undefined)
    throw conflict('cannot-apply', refusal ?? 'The lines it is about have changed.', { help: 'Change them by hand.' })
  return { row, comment, thread, head, path: stands.path, range: stands.lines, lines }
}

/**
 * Once more in the transaction: it may have been edited, taken back or applied, or the role have gone, at this very moment.
 * @throws 403, 409
 */
async function checkStill(
  tx: Tx<TableName>,
  { policy, now }: ReviewParts,
  { place, caller, number }: InReview,
  { comment }: Suggested,
): Promise<void> {
  const row = await getPullRequest(tx, place.repository.id, number)
  checkOpen(row)
  await checkStillWrites(tx, place, caller)
  const { body, appliedOid } = await getComment(tx, row, caller, comment.id)
  if (body !== comment.body || appliedOid !== null)
    throw conflict('changed-meanwhile', 'This suggestion changed at the same moment.', { help: lookAgain })
  const judge = await createPushJudge({ db: tx, policy, at: now() }, place, caller)
  const { decision, facts } = judge(branchName(row.sourceRef))
  if (decision.outcome !== 'allow') throw forbidden(explainDecision(decision, facts), 'Change the lines with git.')
}

async function recordApplied(
  tx: Tx<TableName>,
  applied: { place: RepositoryPlace; caller: Caller; suggested: Suggested; oid: string; person: string; at: number },
): Promise<void> {
  const { place, caller, suggested, oid, person, at } = applied
  const { row, comment, thread, head, path } = suggested
  await tx.updateTable('reviewComment').set({ appliedOid: oid }).where('id', '=', comment.id).execute()
  await tx
    .updateTable('reviewThread')
    .set({ resolvedAt: at, resolvedBy: caller.id })
    .where('id', '=', thread.id)
    .where('resolvedAt', 'is', null)
    .execute()
  await noteReview(
    tx,
    { path: place.path, row },
    {
      action: 'suggestion.applied',
      caller,
      facts: { comment: comment.id, thread: thread.id, path, person, oldOid: head, newOid: oid },
      at,
    },
  )
}
