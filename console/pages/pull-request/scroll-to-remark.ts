/** Long enough for the list of files and the patch to arrive. */
const WAIT_MS = 6_000

const BY_HAND = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const

/**
 * Brings a thread into view in the change: first the card of its file, which then loads its patch, and the thread as
 * soon as it stands there. Stops when the reader moves by hand, or the answer is called.
 */
export function scrollToRemark(id: string, path: string): () => void {
  let card: Element | null = null
  const seek = () => {
    const remark = document.getElementById(id)
    if (remark) {
      stop()
      requestAnimationFrame(() => remark.scrollIntoView({ block: 'center' }))
    } else if (card === null) {
      card = document.querySelector(`section[id^="file-"][aria-label="${CSS.escape(path)}"]`)
      card?.scrollIntoView({ block: 'start' })
    }
  }
  const observer = new MutationObserver(seek)
  const timer = setTimeout(stop, WAIT_MS)
  function stop() {
    observer.disconnect()
    clearTimeout(timer)
    for (const event of BY_HAND) removeEventListener(event, stop)
  }
  for (const event of BY_HAND) addEventListener(event, stop, { passive: true })
  observer.observe(document.body, { childList: true, subtree: true })
  seek()
  return stop
}
