import type { AuditEntry } from '../audit/entry.ts'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { RepositoryTable } from '../database/schema.ts'
import { findUserById, findUserByUsername, type User } from '../identity/users.ts'
import { findOwnRole } from '../repositories/access.ts'
import { findMentions } from './mentions.ts'
import type { PullRequest } from './records.ts'

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

type As = 'author' | 'answer' | 'mention'

/** Never to who said or did it, nor to anybody who may not read the repository by now. */
export async function listTalkLetters(db: Tables, event: AuditEntry): Promise<TalkLetter[]> {
  const [verdict, what] = [verdicts[event.action], ends[event.action]]
  if (verdict === undefined && what === undefined && event.action !== 'comment.added') return []
  const row = await db
    .selectFrom('pullRequest')
    .innerJoin('repository', 'repository.id', 'pullRequest.repositoryId')
    .select(['pullRequest.id as pullRequestId', 'pullRequest.authorId', 'pullRequest.number'])
    .select(['repository.id', 'repository.projectId', 'repository.visibility'])
    .where('pullRequest.id', '=', textOf(event, 'pullRequest', event.target.id) as Id<'prq'>)
    .executeTakeFirst()
  if (row === undefined) return []
  const actor = event.actor === null ? undefined : await findUserById(db, event.actor.id)
  const facts = { pullRequest: `${textOf(event, 'repository')}#${row.number}`, by: actor?.displayName ?? 'Somebody' }
  const letters: TalkLetter[] = []
  for (const [toUserId, as] of await listConcerned(db, event, row)) {
    if (toUserId === actor?.id || !(await mayRead(db, await findUserById(db, toUserId), row))) continue
    if (as === 'author' && verdict !== undefined)
      letters.push({ toUserId, kind: 'reviewed', facts: { ...facts, verdict } })
    else if (as === 'author' && what !== undefined)
      letters.push({ toUserId, kind: 'landed', facts: { ...facts, what } })
    else {
      const dedupeKey = `talk ${row.pullRequestId} ${toUserId} ${Math.floor(event.at / oneLetterMs)}`
      letters.push({ toUserId, kind: 'talk', facts: { ...facts, why: as === 'author' ? 'yours' : as }, dedupeKey })
    }
  }
  return letters
}

/** Each once, as what matters most to them. */
async function listConcerned(
  db: Tables,
  event: AuditEntry,
  { authorId }: Pick<PullRequest, 'authorId'>,
): Promise<Map<Id<'usr'>, As>> {
  const concerned = new Map<Id<'usr'>, As>()
  if (ends[event.action] !== undefined) return concerned.set(authorId, 'author')
  for (const id of await listInThread(db, event)) concerned.set(id, 'answer')
  for (const name of findMentions(await readSaid(db, event))) {
    const user = await findUserByUsername(db, name)
    if (user !== undefined) concerned.set(user.id, 'mention')
  }
  // Whoever wrote comments while reviewing says what they think of it all a moment later: of that the author hears.
  if (event.facts?.['inReview'] !== undefined) concerned.delete(authorId)
  else if (verdicts[event.action] !== undefined || concerned.get(authorId) !== 'mention')
    concerned.set(authorId, 'author')
  return concerned
}

/** Whether a letter about it may go to them by now. */
export const mayRead = async (
  db: Db<'roleGrant' | 'groupMember'>,
  user: User | undefined,
  repository: Pick<RepositoryTable, 'id' | 'projectId' | 'visibility'>,
): Promise<boolean> =>
  user?.kind === 'person' &&
  user.state === 'active' &&
  (repository.visibility === 'public' || (await findOwnRole(db, user, repository)) !== undefined)

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
