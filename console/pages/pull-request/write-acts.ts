import type { ComposerAct } from '../../ui/comment-composer.tsx'

interface WriteActs {
  /** Drafts that wait already. */
  draftCount: number
  /** About the whole pull request: such a comment is no part of a review. */
  isAlone: boolean
  /** In a thread that nobody else sees yet. */
  isOnlyDraft: boolean
  run: (body: string, isDraft: boolean) => Promise<unknown>
}

/** How what was written can go out: kept for the review, or at once. */
export function writeActs({ draftCount, isAlone, isOnlyDraft, run }: WriteActs): ComposerAct[] {
  const now: ComposerAct = { label: isAlone ? 'Comment' : 'Comment now', run: (body) => run(body, false) }
  const later: ComposerAct = {
    label: draftCount > 0 || isOnlyDraft ? 'Add to review' : 'Start a review',
    run: (body) => run(body, true),
  }
  if (isOnlyDraft) return [later]
  return isAlone ? [now] : draftCount > 0 ? [later, now] : [now, later]
}
