/** An idle session must be able to end: after this long without a touch no page looks by itself. */
const AWAY_AFTER_MS = 5 * 60_000

/** A look that comes longer after the last touch is the page's own; any touch before is told by the next one. */
const UNATTENDED_AFTER_MS = 15_000

let lastTouchedAt = Date.now()
const returns = new Set<() => void>()

export const isAway = (): boolean => Date.now() - lastTouchedAt > AWAY_AFTER_MS

/** What is asked now was asked by nobody, and does not count as use of the session. */
export const isUnattended = (): boolean => Date.now() - lastTouchedAt > UNATTENDED_AFTER_MS

/** Called when somebody touches the page again after a while. */
export function onReturn(call: () => void): () => void {
  returns.add(call)
  return () => returns.delete(call)
}

function onTouch() {
  const wasAway = isAway()
  lastTouchedAt = Date.now()
  if (wasAway) for (const call of returns) call()
}
// Tests of what uses this run without a page.
if ('addEventListener' in globalThis)
  for (const touch of ['pointerdown', 'keydown', 'wheel', 'focus']) addEventListener(touch, onTouch, { passive: true })

/** How often to look where nothing tells; not at all while nobody is there. */
export const whileHere = (everyMs: number) => (): number | false => (isAway() ? false : everyMs)
