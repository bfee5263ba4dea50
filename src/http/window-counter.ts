export interface Counted {
  /** Within the window that is open for this key. */
  count: number
  /** Until that window is over; 0 where none is open. */
  leftMs: number
}

export interface WindowCounter {
  count(key: string): Counted
  /** Looks without counting. */
  peek(key: string): Counted
}

const mostRemembered = 5000

/**
 * Counts by key in windows of fixed length, each from the first that is counted in it. It remembers the keys that came
 * last, and forgets rather than grows.
 */
export function createWindowCounter(windowMs: number): WindowCounter {
  const windows = new Map<string, { since: number; count: number }>()

  /** Zero or less where it is over, also where the clock was set back since it opened: it must not last for hours. */
  const leftOf = (since: number, at: number): number => (at < since ? 0 : since + windowMs - at)

  return {
    count(key) {
      const at = Date.now()
      let window = windows.get(key)
      if (window === undefined || leftOf(window.since, at) <= 0) window = { since: at, count: 0 }
      window.count += 1
      // Last in the map's order.
      windows.delete(key)
      windows.set(key, window)
      if (windows.size > mostRemembered) windows.delete(windows.keys().next().value ?? '')
      return { count: window.count, leftMs: leftOf(window.since, at) }
    },
    peek(key) {
      const window = windows.get(key)
      const leftMs = window === undefined ? 0 : leftOf(window.since, Date.now())
      return window === undefined || leftMs <= 0 ? { count: 0, leftMs: 0 } : { count: window.count, leftMs }
    },
  }
}
