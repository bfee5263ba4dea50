import { revealHidden } from './code-hidden.ts'

/** A line longer than this is cut for display; nobody reads it, and it would hold up the page. */
export const LINE_LIMIT = 2_000

/** A patch with more lines is shown only when asked for. */
export const LARGE_PATCH_LINES = 1_500

function shownLine(line: string): string {
  const revealed = revealHidden(line)
  if (revealed.length <= LINE_LIMIT) return revealed
  return `${revealed.slice(0, LINE_LIMIT)} … (${revealed.length - LINE_LIMIT} more characters)`
}

/**
 * One file's unified diff made ready for the viewer: hunks only, under a header the viewer can read whatever the file is
 * called, hidden characters written out. Null where nothing but the name or the mode changed.
 */
export function shownPatch(patch: string): string | null {
  const start = patch.startsWith('@@') ? 0 : patch.indexOf('\n@@') + 1
  if (!patch.startsWith('@@') && start === 0) return null
  return ['--- a', '+++ b', ...patch.slice(start).split('\n').map(shownLine)].join('\n')
}

export const lineCount = (text: string) => text.split('\n').length
