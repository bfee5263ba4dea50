import type { MergeMethod } from '../../api/shapes.ts'

/** How ways to merge are said where somebody chooses among them. */
export const methodWords: Record<MergeMethod, { label: string; what: string }> = {
  merge: { label: 'Merge commit', what: 'Keeps every commit, and joins them with one that carries the tap' },
  squash: { label: 'Squash', what: 'Folds them into one commit that carries the tap' },
  rebase: { label: 'Rebase', what: 'Replays each commit on top; the tap stands beside them' },
  'fast-forward': { label: 'Fast-forward', what: 'Moves the branch to the very commits; the tap stands beside them' },
}
