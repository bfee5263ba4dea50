/** For whom a streamed operation runs: a known account, or nobody in particular at an address block. */
export type StreamHolder = { account: string } | { stranger: string }

export interface StreamShares {
  /** Whether this one, or all strangers together, have as many as they may. */
  isFull(holder: StreamHolder): boolean
  count(holder: StreamHolder, change: 1 | -1): void
}

const everyStranger = 'strangers'

/**
 * Of what goes on at once one account may have half, one address of strangers a quarter, and all strangers together half:
 * whoever asks much, or asks and never reads, shuts out none but themselves. Where turns are long, waiting for one to end
 * helps nobody: whoever has some has another only while more than twice as many would be free. One alone comes to a third,
 * and however few accounts hold all they can, there is room for others.
 */
export function createStreamShares(streams: number, turns: 'short' | 'long' = 'short'): StreamShares {
  const counts = new Map<string, number>()
  let taken = 0
  const [half, quarter] = [Math.ceil(streams / 2), Math.ceil(streams / 4)]
  const sharesOf = (holder: StreamHolder): [key: string, most: number][] =>
    'account' in holder
      ? [[`account ${holder.account}`, half]]
      : [
          [`stranger ${holder.stranger}`, quarter],
          [everyStranger, half],
        ]
  const isGreedy = (held: number): boolean => turns === 'long' && held > 0 && held * 2 >= streams - taken
  return {
    isFull: (holder) =>
      sharesOf(holder).some(([key, most]) => {
        const held = counts.get(key) ?? 0
        return held >= most || (key !== everyStranger && isGreedy(held))
      }),
    count(holder, change) {
      taken += change
      for (const [key] of sharesOf(holder)) {
        const count = (counts.get(key) ?? 0) + change
        if (count === 0) counts.delete(key)
        else counts.set(key, count)
      }
    },
  }
}
