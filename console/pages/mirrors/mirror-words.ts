import type { MirrorView } from '../../api/shapes.ts'

export type MirrorMark = { word: string; color: 'green' | 'red' | 'yellow' | 'gray' }

const marks: Record<MirrorView['state'], MirrorMark> = {
  off: { word: 'Off', color: 'gray' },
  running: { word: 'Pushing now', color: 'yellow' },
  failing: { word: 'Fails', color: 'red' },
  waiting: { word: 'Changes wait', color: 'yellow' },
  'up-to-date': { word: 'Up to date', color: 'green' },
}

export const mirrorMark = ({ state }: Pick<MirrorView, 'state'>): MirrorMark => marks[state]

/** What goes there, in a few words. */
export const branchWords = ({ branches }: Pick<MirrorView, 'branches'>): string =>
  branches.length === 0 ? 'All branches' : `Branches ${branches.join(', ')}`

/** Patterns as people type them: commas, spaces or lines between. */
export const parseBranches = (typed: string): string[] => [...new Set(typed.split(/[\s,]+/).filter(Boolean))]
