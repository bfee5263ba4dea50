import { Lru } from '../../protocols/lru.ts'

export interface GuessBudget {
  /** Takes one guess for this name. `left` is what remains; undefined where nothing was left, until `openAgainAt`. */
  take(name: string): { left: number } | { left: undefined; openAgainAt: number }
  /** Gives a guess back that was right. */
  giveBack(name: string): void
}

const mostNames = 10_000
const hourMs = 3_600_000

/**
 * How many wrong codes one name may get within an hour, whether anybody is called so or not. Kept by this process: the
 * codes are far too long to be guessed by several nodes' worth of it.
 */
export function createGuessBudget({ most, now }: { most: number; now: () => number }): GuessBudget {
  const taken = new Lru<string, { count: number; openAgainAt: number }>(mostNames)
  return {
    take(name) {
      const at = now()
      const known = taken.get(name)
      const current = known !== undefined && known.openAgainAt > at ? known : { count: 0, openAgainAt: at + hourMs }
      // A clock that was set back gives no new guesses, and lets nobody wait longer than an hour for them either.
      current.openAgainAt = Math.min(current.openAgainAt, at + hourMs)
      if (current.count >= most) return { left: undefined, openAgainAt: current.openAgainAt }
      // Taken before anything is looked up, so that many at once get no more than many in a row.
      current.count += 1
      taken.set(name, current)
      return { left: most - current.count }
    },
    giveBack(name) {
      const known = taken.get(name)
      if (known !== undefined && known.count > 0) known.count -= 1
    },
  }
}
