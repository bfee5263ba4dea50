import { Lru } from '../protocols/lru.ts'
import { GitError } from './git-error.ts'
import { createStreamShares, type StreamHolder } from './stream-shares.ts'

/** What takes a core for as long as it lasts: so many at once, whatever they look for. */
export interface ReadTurns {
  /** @throws GitError `git-busy` */
  take(holder: StreamHolder): Disposable
}

/** Two for an account, one for an address of strangers, two for all of those. */
const mostAtOnce = 4

export function createReadTurns(): ReadTurns {
  const shares = createStreamShares(mostAtOnce)
  let taken = 0
  return {
    take(holder) {
      if (taken >= mostAtOnce || shares.isFull(holder)) throw new GitError('git-busy')
      const count = (change: 1 | -1): void => {
        taken += change
        shares.count(holder, change)
      }
      count(1)
      return { [Symbol.dispose]: () => count(-1) }
    },
  }
}

const [mostKept, leastWeight] = [20_000, 64]
/** What the limits cut short may go further once there is less to do. */
const keepIncompleteMs = 10 * 60_000

export interface KeptReads<Answer> {
  /**
   * `find` is asked once for all who ask the same at once; of a commit and a path the answer is always the same.
   * @throws GitError `git-busy` where too much of this is done already
   */
  read(key: string, holder: StreamHolder, find: () => Promise<Answer>): Promise<Answer>
}

/** Answers about a repository's past that cost much: each takes a turn, and is kept. */
export function createKeptReads<Answer extends { isComplete: boolean }>({
  now,
  turns,
  weigh,
}: {
  now: () => number
  turns: ReadTurns
  weigh: (answer: Answer) => number
}): KeptReads<Answer> {
  // At most about three hundred, fewer where they are long.
  const kept = new Lru<string, { answer: Answer; until: number }>(mostKept, ({ answer }) =>
    Math.max(leastWeight, weigh(answer)),
  )
  const underWay = new Map<string, Promise<Answer>>()
  return {
    async read(key, holder, find) {
      const known = kept.get(key)
      if (known !== undefined && known.until > now()) return known.answer
      const begun = underWay.get(key)
      if (begun !== undefined) return begun
      using _turn = turns.take(holder)
      const reading = find()
      underWay.set(key, reading)
      try {
        const answer = await reading
        kept.set(key, { answer, until: answer.isComplete ? Infinity : now() + keepIncompleteMs })
        return answer
      } finally {
        underWay.delete(key)
      }
    },
  }
}
