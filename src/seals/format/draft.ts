import { randomBytes } from 'node:crypto'
import { ZERO_OID, type Act, type StatementDraft, type Subject } from './statement.ts'
import { renderTime } from './time.ts'

/** What every statement says, whatever it allows. */
export interface DraftContext {
  signer: { userId: string; username: string }
  requestedBy: string
  policyDigest: string
  /** Milliseconds since 1970, as are all times handed in; written down in whole seconds. */
  issuedAt: number
  notAfter: number
}

export interface BranchChange {
  repository: { id: string; url: string }
  targetRef: string
  /** Tree after the change; of a proposed one, its head's. */
  tree: string
}

/** Merge or squash of a pull request: from the tip `base`, bringing in `head`. */
export function draftMerge(
  context: DraftContext,
  merge: BranchChange & { action: 'merge' | 'squash'; base: string; head: string; pullRequest: number },
): StatementDraft {
  return {
    subject: [{ digest: { gitCommit: merge.head } }],
    predicate: {
      ...common(context),
      action: merge.action,
      repository: merge.repository,
      targetRef: merge.targetRef,
      fromID: merge.base,
      targetID: merge.tree,
      pullRequest: String(merge.pullRequest),
    },
  }
}

/** A branch moves to `tip`, a commit that carries no signature of its own: the seal stands beside it. */
export function draftUpdate(
  context: DraftContext,
  update: BranchChange & { base: string; tip: string } & (
      | { action: 'push' }
      | { action: 'fast-forward'; pullRequest: number }
      | { action: 'rebase'; pullRequest: number; head: string }
    ),
): StatementDraft {
  const head: Subject[] = update.action === 'rebase' ? [{ name: 'head', digest: { gitCommit: update.head } }] : []
  return {
    subject: [{ digest: { gitCommit: update.tip } }, ...head],
    predicate: {
      ...common(context),
      action: update.action,
      repository: update.repository,
      targetRef: update.targetRef,
      fromID: update.base,
      targetID: update.tree,
      ...(update.action === 'push' ? {} : { pullRequest: String(update.pullRequest) }),
    },
  }
}

/** A person read exactly this change: `head` with its tree, seen from `mergeBase`. `patch` is its digest, hex. */
export function draftApproval(
  context: DraftContext,
  review: BranchChange & { mergeBase: string; head: string; patch: string; pullRequest: number },
): StatementDraft {
  return {
    subject: [{ digest: { gitCommit: review.head } }, { name: 'patch', digest: { sha256: review.patch } }],
    predicate: {
      ...common(context),
      action: 'approve',
      repository: review.repository,
      targetRef: review.targetRef,
      fromID: review.mergeBase,
      targetID: review.tree,
      pullRequest: String(review.pullRequest),
    },
  }
}

/** A second person looked afterwards at what went past a rule: `tip` on top of `base`. */
export function draftConfirmation(
  context: DraftContext,
  merged: BranchChange & { base: string; tip: string; pullRequest: number },
): StatementDraft {
  return {
    subject: [{ digest: { gitCommit: merged.tip } }],
    predicate: {
      ...common(context),
      action: 'confirm',
      repository: merged.repository,
      targetRef: merged.targetRef,
      fromID: merged.base,
      targetID: merged.tree,
      pullRequest: String(merged.pullRequest),
    },
  }
}

/** The start of a branch's protection at `baseline`. */
export function draftProtect(context: DraftContext, start: BranchChange & { baseline: string }): StatementDraft {
  return {
    subject: [{ digest: { gitCommit: start.baseline } }],
    predicate: {
      ...common(context),
      action: 'protect',
      repository: start.repository,
      targetRef: start.targetRef,
      fromID: ZERO_OID,
      targetID: start.tree,
    },
  }
}

/** One commit on top of `parent`, written by its person: `base` is the tip of its branch, zeros where the branch is new. */
export function draftCommit(
  context: DraftContext,
  commit: BranchChange & { base: string; parent: string },
): StatementDraft {
  return {
    subject: [{ digest: { gitCommit: commit.parent } }],
    predicate: {
      ...common(context),
      action: 'commit',
      repository: commit.repository,
      targetRef: commit.targetRef,
      fromID: commit.base,
      targetID: commit.tree,
    },
  }
}

/** A new tag on `commit`, whose tree is `tree`. */
export function draftTag(context: DraftContext, tag: BranchChange & { commit: string }): StatementDraft {
  return {
    subject: [{ digest: { gitCommit: tag.commit } }],
    predicate: {
      ...common(context),
      action: 'tag',
      repository: tag.repository,
      targetRef: tag.targetRef,
      fromID: ZERO_OID,
      targetID: tag.tree,
    },
  }
}

/** One sensitive request. `subjects` names further things by digest, e.g. the COSE key that is vouched for. */
export function draftAct(
  context: DraftContext,
  request: { action: string; act: Act; repository?: { id: string; url: string }; subjects?: Subject[] },
): StatementDraft {
  const body = { name: 'request', digest: { sha256: request.act.bodyDigest.replace(/^sha256:/, '') } }
  return {
    subject: [body, ...(request.subjects ?? [])],
    predicate: {
      ...common(context),
      action: request.action,
      act: { ...request.act, title: inOneLine(request.act.title) },
      ...(request.repository && { repository: request.repository }),
    },
  }
}

const mostInTitle = 500

/** A name in it may come from elsewhere: whatever is in that, it keeps nobody from sealing an act upon whose it is. */
const inOneLine = (title: string): string =>
  Array.from(title.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' '))
    .slice(0, mostInTitle)
    .join('')

function common(context: DraftContext) {
  return {
    policyDigest: context.policyDigest,
    signer: context.signer,
    requestedBy: context.requestedBy,
    issuedAt: renderTime(context.issuedAt),
    notAfter: renderTime(context.notAfter),
    nonce: randomBytes(16).toString('base64url'),
  }
}
