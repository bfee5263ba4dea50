import { useEffect } from 'react'

let onEscape: (() => void) | null = null

// Listens from the start, before any dialog does: each open one would close at Escape, and with the form below the tap
// what was typed into it would be gone.
window.addEventListener(
  'keydown',
  (event) => {
    if (onEscape === null || event.key !== 'Escape' || event.isComposing) return
    // An open list takes its Escape itself.
    if (event.target instanceof Element && event.target.getAttribute('data-mantine-stop-propagation') === 'true') return
    event.stopImmediatePropagation()
    onEscape()
  },
  { capture: true },
)

/** Escape closes this dialog alone, not those that it stands over. The dialog itself must not listen for it. */
export function useEscapeFirst(close: () => void): void {
  useEffect(() => {
    onEscape = close
    return () => {
      if (onEscape === close) onEscape = null
    }
  }, [close])
}
