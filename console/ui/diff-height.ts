import type { DiffFile } from '../api/shapes.ts'

const LINE = 20
const CONTEXT_LINES = 7
const MOST = 900

/**
 * About how high a file's patch will stand, in pixels, before it is there: so that the page does not jump when it comes,
 * and only patches that will be seen soon are asked for.
 */
export const likelyHeight = ({ additions, deletions, isBinary }: DiffFile): number =>
  isBinary || additions + deletions === 0 ? 56 : Math.min(MOST, (additions + deletions + CONTEXT_LINES) * LINE)
