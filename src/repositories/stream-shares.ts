/** For whom a streamed operation runs: a known account, or nobody in particular at an address block. */
export type StreamHolder = { account: string } | { stranger: string }

export interface StreamShares {
  /** Whether this one, or all strangers together, have as many as they may. */
  isFull(holder: StreamHolder): boolean
  count(holder: StreamHolder, change: 1 | -1): void
}

const everyStranger = 'strangers'

/**
 * Of the streamed operations at once one account may have half, one address of strangers a quarter, and all strangers
 * together half: whoever asks much, or asks and never reads, shuts out none but themselves.
 */
export function createStreamShares(streams: number): StreamShares {
  const counts = new Map<string, number>()
  const [half, quarter] = [Math.ceil(streams / 2), Math.ceil(streams / 4)]
  const sharesOf = (holder: StreamHolder): [key: string, most: number][] =>
    'account' in holder
      ? [[`account ${holder.account}`, half]]
      : [
          [`stranger ${holder.stranger}`, quarter],
          [everyStranger, half],
        ]
  return {
    isFull: (holder) => sharesOf(holder).some(([key, most]) => (counts.get(key) ?? 0) >= most),
    count(holder, change) {
      for (const [key] of sharesOf(holder)) {
        const count = (counts.get(key) ?? 0) + change
        if (count === 0) counts.delete(key)
        else counts.set(key, count)
      }
    },
  }
}
