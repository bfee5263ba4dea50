import type { Id } from '../id.ts'
import type { Flag, MergeMethod } from './scales.ts'

/** The tables that `pull-requests/` writes. */
export interface PullRequestsTables {
  pullRequest: PullRequestTable
  reviewThread: ReviewThreadTable
  reviewComment: ReviewCommentTable
  review: ReviewTable
  reviewerRequest: ReviewerRequestTable
}

export interface PullRequestTable {
  id: Id<'prq'>
  repositoryId: Id<'rep'>
  number: number
  title: string
  description: string
  authorId: Id<'usr'>
  sourceRef: string
  targetRef: string
  state: 'open' | 'merged' | 'closed'
  /** Not ready yet: nothing merges it, and nobody is asked to review it. */
  isDraft: Flag
  /** When it last became ready; what was laid down to be sealed before is over. Null where it was never a draft. */
  readyAt: number | null
  /** The head as last seen; kept when the source branch is gone. */
  headOid: string
  /** Tip of the target when merged or closed, else when opened. */
  baseOid: string
  mergeOid: string | null
  mergeMethod: MergeMethod | null
  mergeSealId: Id<'sea'> | null
  mergedBy: Id<'usr'> | null
  /** Who is asked for the tap as soon as nothing else is missing, and how it would be merged. */
  autoMergeBy: Id<'usr'> | null
  autoMergeMethod: MergeMethod | null
  /** Why it was merged past the branch's rule; null where it was not. */
  bypassReason: string | null
  /** Until when a second person must have looked at that. */
  confirmBy: number | null
  confirmedBy: Id<'usr'> | null
  confirmSealId: Id<'sea'> | null
  confirmedAt: number | null
  createdAt: number
  updatedAt: number
  closedAt: number | null
}

/** Something said about a pull request: about a line, a range of lines, a file, or the whole. */
export interface ReviewThreadTable {
  id: Id<'thr'>
  pullRequestId: Id<'prq'>
  /** Null: about the whole. */
  path: string | null
  /** Which side of the change the lines are on; null where no line is named. */
  side: 'base' | 'head' | null
  /** Last line it is about, and the first, counted from 1 in the file as it was at `anchorOid`. */
  line: number | null
  startLine: number | null
  /** The commit whose file the lines are in: the head, or the merge base, when it was written. */
  anchorOid: string
  /** Those lines as they were, to be shown when they are gone. */
  snippet: string
  createdBy: Id<'usr'>
  createdAt: number
  resolvedBy: Id<'usr'> | null
  resolvedAt: number | null
}

export interface ReviewCommentTable {
  id: Id<'cmt'>
  threadId: Id<'thr'>
  pullRequestId: Id<'prq'>
  authorId: Id<'usr'>
  body: string
  /** Seen by its author alone until their review is sent. */
  isDraft: Flag
  createdAt: number
  editedAt: number | null
  deletedAt: number | null
  /** The commit that applied the suggestion in it. */
  appliedOid: string | null
}

/** What one person thinks of one head. An approval is a seal over exactly that head and change. */
export interface ReviewTable {
  id: Id<'rev'>
  pullRequestId: Id<'prq'>
  userId: Id<'usr'>
  verdict: 'approved' | 'changes-requested' | 'commented'
  body: string
  headOid: string
  /** Digest of the change that was read, hex; see docs/formats/seal.md. */
  patchDigest: string
  sealId: Id<'sea'> | null
  createdAt: number
  /** Taken back by its author, or by an administrator with a reason. */
  dismissedAt: number | null
  dismissedBy: Id<'usr'> | null
  dismissReason: string | null
}

/** Whose review is asked for. */
export interface ReviewerRequestTable {
  pullRequestId: Id<'prq'>
  subjectKind: 'user' | 'group'
  subjectId: Id<'usr'> | Id<'grp'>
  /** 0 while the pull request is a draft that was never ready with them: nobody has told them yet. */
  isAsked: Flag
  createdBy: Id<'usr'>
  createdAt: number
}
