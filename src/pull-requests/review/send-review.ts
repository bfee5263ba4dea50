import { newId } from '../../database/id.ts'
import { conflict, forbidden, invalid } from '../../http/problem.ts'
import type { ReviewParts } from './review-parts.ts'
import { checkOpen, getPullRequest, type PullRequest } from '../records.ts'
import { askApproval } from './ask-approval.ts'
import { readChangeDigest } from './change-digest.ts'
import { publishDrafts } from './comments.ts'
import { readEnds } from './ends.ts'
import { noteReview } from './note.ts'
import type { NewReview, ReviewMade } from './shapes.ts'
import type { InReview } from './in-review.ts'

export type ReviewSent = { reviewId: string } | { sealRequest: NonNullable<ReviewMade['sealRequest']> }

/**
 * One person's verdict over the head they read, with everything they kept to themselves so far. An approval waits for
 * its tap, everything else is sent. @throws 403, 409 `head-moved`, 422
 */
export async function sendReview(parts: ReviewParts, inReview: InReview, wanted: NewReview): Promise<ReviewSent> {
  const { database } = parts
  const { place, caller, number } = inReview
  const row = await getPullRequest(database.read, place.repository.id, number)
  const ends = await readEnds(parts, place, row)
  if (wanted.verdict !== 'commented') checkOpen(row)
  if (wanted.headOid !== ends.head)
    throw conflict('head-moved', 'New commits were pushed since you looked.', {
      help: 'Look at them, then send your review.',
    })
  if (wanted.verdict === 'approved')
    return { sealRequest: await askApproval(parts, { place, caller, row, ends, body: wanted.body }) }
  if (wanted.verdict === 'changes-requested' && caller.id === row.authorId)
    throw forbidden('You proposed this yourself.', 'Comment, or close it.')
  return { reviewId: await send(parts, inReview, row, wanted, ends) }
}

async function send(
  { database, git, now }: ReviewParts,
  { place, caller, number }: InReview,
  read: PullRequest,
  { verdict, body, headOid }: NewReview,
  ends: { base: string; head: string },
): Promise<string> {
  const digest = await readChangeDigest({ git, folder: place.folder }, ends)
  return database.write(async (tx) => {
    const row = await getPullRequest(tx, place.repository.id, number)
    if (row.state !== read.state) checkOpen(row)
    const at = now()
    const where = { path: place.path, row }
    const published = await publishDrafts(tx, where, caller, at)
    if (published === 0 && body.trim() === '') throw invalid('body', 'Say something, or comment on a line first.')
    // Whoever wants something changed no longer agrees with what they approved.
    if (verdict === 'changes-requested')
      await tx
        .updateTable('review')
        .set({ dismissedAt: at, dismissedBy: caller.id, dismissReason: 'asked for changes' })
        .where('pullRequestId', '=', row.id)
        .where('userId', '=', caller.id)
        .where('verdict', '=', 'approved')
        .where('dismissedAt', 'is', null)
        .execute()
    const id = newId('rev')
    await tx
      .insertInto('review')
      .values({
        id,
        pullRequestId: row.id,
        userId: caller.id,
        verdict,
        body,
        headOid,
        patchDigest: digest?.patch ?? '',
        sealId: null,
        createdAt: at,
        dismissedAt: null,
        dismissedBy: null,
        dismissReason: null,
      })
      .execute()
    const action = verdict === 'commented' ? 'review.commented' : 'review.changes-requested'
    await noteReview(tx, where, { action, caller, facts: { review: id, head: headOid, comments: published }, at })
    return id
  })
}
