import type { Id } from '../../database/id.ts'
import { conflict, forbidden, invalid, notFound, nothingLeft } from '../../http/problem.ts'
import { findUserById } from '../../identity/users.ts'
import { coversRole } from '../../repositories/access.ts'
import type { ReviewParts } from './review-parts.ts'
import { checkOpen, getPullRequest } from '../records.ts'
import { noteReview } from './note.ts'
import type { InReview } from './in-review.ts'

/**
 * A person takes their own word back; an administrator of the repository sets another's aside, and says why.
 * @throws 403, 404, 409 where it stands no more, 422
 */
export async function dismissReview(
  { database, now }: ReviewParts,
  { place, caller, number }: InReview,
  wanted: { review: string; reason: string },
): Promise<void> {
  const reason = wanted.reason.trim()
  await database.write(async (tx) => {
    const row = await getPullRequest(tx, place.repository.id, number)
    const review = await tx
      .selectFrom('review')
      .selectAll()
      .where('id', '=', wanted.review as Id<'rev'>)
      .where('pullRequestId', '=', row.id)
      .executeTakeFirst()
    if (review === undefined) throw notFound('This review')
    checkOpen(row)
    if (review.verdict === 'commented')
      throw conflict('nothing-to-dismiss', 'This review only says something.', { help: 'Answer it with a comment.' })
    if (review.dismissedAt !== null)
      throw conflict('already-dismissed', 'This review was set aside already.', { help: nothingLeft })
    const isOwn = review.userId === caller.id
    if (!isOwn && !coversRole(place.role, 'admin'))
      throw forbidden(
        'Only whoever wrote a review, or an administrator of the repository, can set it aside.',
        'Ask one of them.',
      )
    if (!isOwn && caller.kind !== 'person')
      throw forbidden('A program does not set aside what a person said.', 'Ask an administrator of the repository.')
    if (!isOwn && reason === '') throw invalid('reason', 'Say why: it stands in the record.')
    const at = now()
    await tx
      .updateTable('review')
      .set({ dismissedAt: at, dismissedBy: caller.id, dismissReason: reason })
      // With an approval goes what the same person had approved before it: its seal would still speak for them.
      .where((eb) =>
        eb.or([
          eb('id', '=', review.id),
          eb.and([
            eb.lit(review.verdict === 'approved'),
            eb('pullRequestId', '=', row.id),
            eb('userId', '=', review.userId),
            eb('verdict', '=', 'approved'),
            eb('dismissedAt', 'is', null),
            eb('createdAt', '<=', review.createdAt),
          ]),
        ]),
      )
      .execute()
    const person = (await findUserById(tx, review.userId))?.username ?? ''
    await noteReview(
      tx,
      { path: place.path, row },
      {
        action: 'review.dismissed',
        caller,
        facts: { review: review.id, verdict: review.verdict, person, reason: reason || 'taken back' },
        at,
      },
    )
  })
}
