import { GitError } from './git-error.ts'
import { createStreamShares, type StreamHolder } from './stream-shares.ts'

/** What one address of strangers may have waiting, and all of them together: each waits with a whole request. */
const mostWaiting = { ofStranger: 200, ofStrangers: 2000 }

interface Line {
  holder: StreamHolder | undefined
  waiting: (() => void)[]
}

export interface Slots {
  /** @throws GitError `git-busy` where too many strangers wait already */
  take(holder?: StreamHolder): Promise<Disposable>
}

/**
 * At most `count` holders at once; nobody has more than their share of the places (`stream-shares.ts`), and of those who
 * wait each has one turn before anybody has the next: whoever asks for much waits for themselves. What nobody asked for
 * is the server's own, and has no share.
 */
export function createSlots(count: number, turns?: 'long'): Slots {
  const shares = createStreamShares(count, turns)
  const lines = new Map<string, Line>()
  let free = count
  let strangersWaiting = 0

  const isFull = (holder: StreamHolder | undefined): boolean => holder !== undefined && shares.isFull(holder)

  function hold(holder: StreamHolder | undefined): void {
    free--
    if (holder !== undefined) shares.count(holder, 1)
  }

  function release(holder: StreamHolder | undefined): void {
    free++
    if (holder !== undefined) shares.count(holder, -1)
    for (const [key, { holder: next, waiting }] of lines) {
      if (free === 0) return
      if (isFull(next)) continue
      const goOn = waiting.shift()
      // Behind all others, where more of its own wait.
      lines.delete(key)
      if (waiting.length > 0) lines.set(key, { holder: next, waiting })
      if (isStranger(next)) strangersWaiting--
      hold(next)
      goOn?.()
    }
  }

  return {
    async take(holder) {
      const key = holder === undefined ? 'own' : Object.entries(holder).flat().join(' ')
      const line = lines.get(key) ?? { holder, waiting: [] }
      // Whoever waits is waiting for a share of their own, or for a place, which then is free for nobody.
      if (free > 0 && !isFull(holder)) hold(holder)
      else {
        if (isStranger(holder)) {
          if (line.waiting.length >= mostWaiting.ofStranger || strangersWaiting >= mostWaiting.ofStrangers)
            throw new GitError('git-busy')
          strangersWaiting++
        }
        lines.set(key, line)
        await new Promise<void>((resolve) => line.waiting.push(resolve))
      }
      return { [Symbol.dispose]: () => release(holder) }
    },
  }
}

const isStranger = (holder: StreamHolder | undefined): boolean => holder !== undefined && 'stranger' in holder
