import type { HeldOutcome } from '../database/schema.ts'

/** How many pushes of one person, and of everybody, may wait for a tap at once: each holds a connection and a process. */
export const mostHeldOfPerson = 20
export const mostHeld = 1000

export interface HeldPlace extends Disposable {
  /** What it came to, for the figures; said once, before the place is left. */
  ended(outcome: HeldOutcome): void
}

export interface HeldPushes {
  /** A place to wait in; else whose limit is reached. */
  enter(userId: string): HeldPlace | 'person' | 'everybody'
  /** Aborts when the server stops: whoever waits then is told, rather than cut off. */
  readonly stopping: AbortSignal
  /** Ends every wait, and resolves when the last has left. */
  close(): Promise<void>
}

/** Counts the pushes that wait for a tap on this node. `onHeld` is told of each; what it returns, of its end. */
export function createHeldPushes(onHeld: () => (outcome: HeldOutcome) => void = () => () => {}): HeldPushes {
  const counts = new Map<string, number>()
  const stop = new AbortController()
  const left = new Set<() => void>()
  let all = 0

  return {
    enter(userId) {
      const count = counts.get(userId) ?? 0
      if (count >= mostHeldOfPerson) return 'person'
      if (all >= mostHeld) return 'everybody'
      counts.set(userId, count + 1)
      all++
      const tell = onHeld()
      let outcome: HeldOutcome = 'failed'
      return {
        ended: (known) => (outcome = known),
        [Symbol.dispose]() {
          const rest = (counts.get(userId) ?? 1) - 1
          if (rest === 0) counts.delete(userId)
          else counts.set(userId, rest)
          all--
          tell(outcome)
          if (all === 0) for (const wake of left) wake()
        },
      }
    },
    stopping: stop.signal,
    async close() {
      stop.abort()
      if (all > 0) await new Promise<void>((resolve) => left.add(resolve))
    },
  }
}
