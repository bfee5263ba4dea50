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
  /** Tree after the change. */
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
      act: request.act,
      ...(request.repository && { repository: request.repository }),
    },
  }
}

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
