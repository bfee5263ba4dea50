import type { AuditEntry } from '../audit/entry.ts'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { findUserById } from '../identity/users.ts'
import { mayRead } from './talk-letters.ts'

export interface ReviewLetter {
  toUserId: Id<'usr'>
  kind: 'review-requested'
  facts: { pullRequest: string; by: string }
}

/** Whose review was asked for: the person, or everybody in the group who may read it, but never whoever asked. */
export async function listReviewLetters(
  db: Db<'user' | 'groupMember' | 'repository' | 'roleGrant'>,
  event: AuditEntry,
): Promise<ReviewLetter[]> {
  if (event.action !== 'review.requested') return []
  const { facts = {}, actor } = event
  const reviewerId = String(facts['reviewerId'])
  const people =
    facts['kind'] === 'user'
      ? [reviewerId as Id<'usr'>]
      : (
          await db
            .selectFrom('groupMember')
            .innerJoin('user', 'user.id', 'groupMember.userId')
            .select('userId')
            .where('groupId', '=', reviewerId as Id<'grp'>)
            .where('user.state', '=', 'active')
            .orderBy('userId')
            .execute()
        ).map(({ userId }) => userId)
  const repository = await db
    .selectFrom('repository')
    .select(['id', 'projectId', 'visibility'])
    .where('id', '=', event.repositoryId as Id<'rep'>)
    .executeTakeFirst()
  const told: Id<'usr'>[] = []
  for (const id of people)
    if (id !== actor?.id && repository !== undefined && (await mayRead(db, await findUserById(db, id), repository)))
      told.push(id)
  const by = actor === null ? undefined : await findUserById(db, actor.id)
  return told.map((toUserId) => ({
    toUserId,
    kind: 'review-requested',
    facts: { pullRequest: `${facts['repository']}#${facts['number']}`, by: by?.displayName ?? 'Somebody' },
  }))
}
