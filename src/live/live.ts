import type { Changes } from './changes.ts'

export interface Live {
  /** Calls `tell` with each of these names that changes, until the answer is called. */
  listen(abouts: readonly string[], tell: (about: string) => void): () => void
  /** Something was committed here: looks at once instead of at the next second. */
  nudge(): void
  close(): Promise<void>
}

/** Other nodes’ changes are seen no later than this. */
const lookAgainMs = 1_000

/**
 * `live/` tells pages that wait that something changed, so that they read it again. It never says what, so nobody
 * learns from it what they may not read.
 */
export function createLive(parts: { changes: Changes; onError: (error: unknown) => void; everyMs?: number }): Live {
  const { changes, onError, everyMs = lookAgainMs } = parts
  const listeners = new Map<string, Set<(about: string) => void>>()
  let looking: Promise<void> | undefined
  let isAgain = false
  let timer: NodeJS.Timeout | undefined

  async function look(): Promise<void> {
    for (const about of await changes.look(new Set(listeners.keys())))
      for (const tell of listeners.get(about) ?? []) tell(about)
  }

  function turn(): void {
    if (looking !== undefined) {
      isAgain = true
      return
    }
    looking = look()
      .catch(onError)
      .finally(() => {
        looking = undefined
        if (isAgain && listeners.size > 0) {
          isAgain = false
          turn()
        }
      })
  }

  return {
    listen(abouts, tell) {
      for (const about of abouts) listeners.set(about, (listeners.get(about) ?? new Set()).add(tell))
      timer ??= setInterval(turn, everyMs).unref()
      // So that what it compares with is what stands now.
      turn()
      return () => {
        for (const about of abouts) {
          const here = listeners.get(about)
          here?.delete(tell)
          if (here?.size === 0) listeners.delete(about)
        }
        if (listeners.size > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
    nudge: () => (listeners.size > 0 ? turn() : undefined),
    async close() {
      clearInterval(timer)
      listeners.clear()
      await looking
    },
  }
}
