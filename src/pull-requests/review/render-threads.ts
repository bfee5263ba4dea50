import type { ReviewCommentTable, ReviewThreadTable } from '../../database/schema.ts'
import type { Caller } from '../../identity/caller.ts'
import { coversRole } from '../../repositories/access.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import type { PullRequest } from '../records.ts'
import type { KnownUser } from './approval-facts.ts'
import type { ThreadPlace } from './place-threads.ts'
import type { CommentView, ThreadView } from './shapes.ts'
import { mayTend, mayWrite } from './speaker.ts'
import { findSuggestion } from './suggestion.ts'

/** What every thread of one answer shares. */
export interface ThreadContext {
  place: RepositoryPlace
  row: PullRequest
  caller: Caller | undefined
  users: ReadonlyMap<string, KnownUser>
  hasSource: boolean
}

type Known = Pick<KnownUser, 'kind' | 'username' | 'displayName'>
const unknown: Known = { kind: 'system', username: '', displayName: 'Somebody' }

export function renderThread(
  thread: ReviewThreadTable,
  comments: readonly ReviewCommentTable[],
  stands: ThreadPlace,
  context: ThreadContext,
): ThreadView {
  const { place, row, caller } = context
  const isResolvable = thread.path !== null && caller !== undefined
  return {
    id: thread.id,
    path: stands.path,
    side: thread.side,
    line: stands.lines?.end ?? null,
    startLine: stands.lines?.start ?? null,
    isOutdated: stands.isOutdated,
    original: {
      oid: thread.anchorOid,
      line: thread.line,
      startLine: thread.startLine,
      snippet: thread.snippet,
    },
    createdAt: thread.createdAt,
    resolvedBy: thread.resolvedBy === null ? null : personOf(thread.resolvedBy, context),
    resolvedAt: thread.resolvedAt,
    comments: comments.map((comment) => renderComment(comment, thread, stands, context)),
    can: {
      reply: caller !== undefined,
      resolve: isResolvable && (mayTend(place, row, caller) || thread.createdBy === caller.id),
    },
  }
}

function renderComment(
  comment: ReviewCommentTable,
  thread: ReviewThreadTable,
  stands: ThreadPlace,
  context: ThreadContext,
): CommentView {
  const { place, caller, users } = context
  const isOwn = caller?.id === comment.authorId
  const isDeleted = comment.deletedAt !== null
  const suggested = isDeleted || thread.line === null ? null : findSuggestion(comment.body)
  return {
    id: comment.id,
    author: personOf(comment.authorId, context),
    isAgent: users.get(comment.authorId)?.kind === 'agent',
    body: comment.body,
    createdAt: comment.createdAt,
    editedAt: comment.editedAt,
    isDraft: comment.isDraft === 1,
    isDeleted,
    suggestion:
      suggested === null
        ? null
        : {
            text: suggested.join('\n'),
            refusal: findApplyRefusal(comment, thread, stands, context),
            appliedOid: comment.appliedOid,
          },
    can: {
      edit: isOwn && !isDeleted,
      delete: !isDeleted && (isOwn || (caller !== undefined && coversRole(place.role, 'admin'))),
    },
  }
}

/** Why this reader cannot apply the suggestion of a comment now, in a sentence; null where they can. */
export function findApplyRefusal(
  comment: Pick<ReviewCommentTable, 'isDraft' | 'appliedOid'>,
  thread: Pick<ReviewThreadTable, 'side'>,
  stands: ThreadPlace,
  { place, row, caller, hasSource }: Pick<ThreadContext, 'place' | 'row' | 'caller' | 'hasSource'>,
): string | null {
  if (comment.appliedOid !== null) return 'It was applied.'
  if (row.state !== 'open') return `This is ${row.state}.`
  if (thread.side !== 'head') return 'It is about lines as they were before.'
  if (stands.lines === null) return 'The lines it is about have changed.'
  if (comment.isDraft === 1) return 'Send your review first.'
  if (!hasSource) return 'The branch it would go to is gone.'
  if (caller === undefined) return 'Sign in to apply it.'
  if (!mayWrite(place)) return 'Applying it takes the role “write” in this repository.'
  return null
}

function personOf(id: string, { users }: Pick<ThreadContext, 'users'>) {
  const { username, displayName }: Known = users.get(id) ?? unknown
  return { id, username, displayName }
}
