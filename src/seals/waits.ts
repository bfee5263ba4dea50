import { ProblemError } from '../http/problem.ts'

/** How many answers one person, with all their tokens, may wait for at once: each holds a connection. */
export const mostWaits = 20

/** Counts who waits. `using place = waits.enter(id)` leaves again at the end of the block. @throws 429 */
export function createWaits(): { enter(id: string): Disposable } {
  const waits = new Map<string, number>()
  return {
    enter(id) {
      const count = waits.get(id) ?? 0
      if (count >= mostWaits)
        throw new ProblemError(429, 'too-many-requests', 'You already wait for too many answers at once.', {
          help: 'Close some of the pages or programs that wait.',
          headers: { 'retry-after': '25' },
        })
      waits.set(id, count + 1)
      return {
        [Symbol.dispose]() {
          const left = (waits.get(id) ?? 1) - 1
          if (left === 0) waits.delete(id)
          else waits.set(id, left)
        },
      }
    },
  }
}
