import { diffCardId } from '../../ui/diff-card.tsx'

/** Long enough for the patches around the card to arrive. */
const HOLD_MS = 4_000

const BY_HAND = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const

/**
 * Brings a file's card to the top and holds it there while patches above it arrive and push it down, until the reader
 * moves by hand.
 */
export function scrollToCard(index: number): void {
  const card = document.getElementById(diffCardId(index))
  const list = card?.parentElement?.parentElement
  if (!card || !list) return
  const hold = new ResizeObserver(() => card.scrollIntoView({ block: 'start' }))
  const timer = setTimeout(release, HOLD_MS)
  function release() {
    hold.disconnect()
    clearTimeout(timer)
    for (const event of BY_HAND) removeEventListener(event, release)
  }
  hold.observe(list)
  for (const event of BY_HAND) addEventListener(event, release, { passive: true })
}
