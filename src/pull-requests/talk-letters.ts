import type { AuditEntry } from '../audit/entry.ts'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { findUserById, findUserByUsername, type User } from '../identity/users.ts'
import { findOwnRole } from '../repositories/access.ts'
import { findMentions } from './mentions.ts'

type Tables = Db<'user' | 'pullRequest' | 'review' | 'reviewComment' | 'repository' | 'roleGrant' | 'groupMember'>

type Verdict = 'approved' | 'changes-requested' | 'commented'

/** Of what was said about a pull request, or became of it, to those it was said to. */
export type TalkLetter = { toUserId: Id<'usr'>; dedupeKey?: string } & (
  | { kind: 'reviewed'; facts: { pullRequest: string; by: string; verdict: Verdict } }
  | { kind: 'talk'; facts: { pullRequest: string; by: string; why: 'yours' | 'answer' | 'mention' } }
  | { kind: 'landed'; facts: { pullRequest: string; by: string; what: 'merged' | 'closed' } }
)

/** Of a talk that goes to and fro one letter is enough to come and read it. */
const oneLetterMs = 15 * 60_000

const verdicts: Partial<Record<AuditEntry['action'], Verdict>> = {
  'review.approved': 'approved',
  'review.changes-requested': 'changes-requested',
  'review.commented': 'commented',
}
const ends: Partial<Record<AuditEntry['action'], 'merged' | 'closed'>> = {
  'pull-request.merged': 'merged',
  'pull-request.closed': 'closed',
}

/** Never to who said or did it, nor to anybody who may not read the repository by now. */
export async function listTalkLetters(db: Tables, event: AuditEntry): Promise<TalkLetter[]> {
  const [verdict, what] = [verdicts[event.action], ends[event.action]]
  if (verdict === undefined && what === undefined && event.action !== 'comment.added') return []
  const row = await db
    .selectFrom('pullRequest')
    .innerJoin('repository', 'repository.id', 'pullRequest.repositoryId')
    .select(['pullRequest.id', 'pullRequest.authorId', 'pullRequest.number', 'repository.projectId'])
    .select(['repository.id as repositoryId', 'repository.visibility'])
    .where('pullRequest.id', '=', textOf(event, 'pullRequest', event.target.id) as Id<'prq'>)
    .executeTakeFirst()
  if (row === undefined) return []
  const mayRead = async (user: User | undefined): Promise<boolean> =>
    user?.kind === 'person' &&
    user.state === 'active' &&
    user.id !== event.actor?.id &&
    (row.visibility === 'public' || (await findOwnRole(db, user, { ...row, id: row.repositoryId })) !== undefined)
  const actor = event.actor === null ? undefined : await findUserById(db, event.actor.id)
  const facts = { pullRequest: `${textOf(event, 'repository')}#${row.number}`, by: actor?.displayName ?? 'Somebody' }

  const letters = new Map<Id<'usr'>, TalkLetter>()
  const author = await findUserById(db, row.authorId)
  // Who wrote comments while reviewing says what they think of it all a moment later.
  const isInReview = event.facts?.['inReview'] !== undefined
  if (author !== undefined && !isInReview) {
    const toUserId = author.id
    if (verdict !== undefined) letters.set(toUserId, { toUserId, kind: 'reviewed', facts: { ...facts, verdict } })
    else if (what !== undefined) letters.set(toUserId, { toUserId, kind: 'landed', facts: { ...facts, what } })
    else letters.set(toUserId, talk(toUserId, 'yours'))
  }
  for (const id of await listInThread(db, event))
    if (id !== author?.id || isInReview) letters.set(id, talk(id, 'answer'))
  for (const name of findMentions(await readSaid(db, event))) {
    const user = await findUserByUsername(db, name)
    if (user !== undefined && letters.get(user.id)?.kind !== 'reviewed') letters.set(user.id, talk(user.id, 'mention'))
  }
  const told: TalkLetter[] = []
  for (const letter of letters.values()) if (await mayRead(await findUserById(db, letter.toUserId))) told.push(letter)
  return told

  function talk(toUserId: Id<'usr'>, why: 'yours' | 'answer' | 'mention'): TalkLetter {
    const word = why === 'mention' ? 'mention' : 'talk'
    const dedupeKey = `${word} ${row?.id} ${toUserId} ${Math.floor(event.at / oneLetterMs)}`
    return { toUserId, kind: 'talk', facts: { ...facts, why }, dedupeKey }
  }
}

/** Those who have said something in the thread before. */
async function listInThread(db: Tables, event: AuditEntry): Promise<Id<'usr'>[]> {
  if (event.action !== 'comment.added') return []
  const rows = await db
    .selectFrom('reviewComment')
    .select('authorId')
    .distinct()
    .where('threadId', '=', textOf(event, 'thread') as Id<'thr'>)
    .where('isDraft', '=', 0)
    .where('deletedAt', 'is', null)
    .execute()
  return rows.map(({ authorId }) => authorId)
}

/** What stands in no event: the comment's own words, or the review's. */
async function readSaid(db: Tables, event: AuditEntry): Promise<string> {
  const row =
    event.action === 'comment.added'
      ? await db
          .selectFrom('reviewComment')
          .select('body')
          .where('id', '=', event.target.id as Id<'cmt'>)
          .executeTakeFirst()
      : await db
          .selectFrom('review')
          .select('body')
          .where('id', '=', textOf(event, 'review') as Id<'rev'>)
          .executeTakeFirst()
  return row?.body ?? ''
}

const textOf = ({ facts }: AuditEntry, name: string, otherwise = ''): string => String(facts?.[name] ?? otherwise)
