/** Times of one kind, in whole milliseconds; kept as how often each occurred, so that many cost little. */
export interface Times {
  add(ms: number): void
  readonly count: number
  /**
   * Exact, by nearest rank: the smallest of the times that at least this share of all does not exceed.
   * @param share above 0, at most 1
   * @throws RangeError where there are none
   */
  percentile(share: number): number
}

export function createTimes(): Times {
  const often = new Map<number, number>()
  let count = 0
  return {
    add(ms) {
      often.set(ms, (often.get(ms) ?? 0) + 1)
      count += 1
    },
    get count() {
      return count
    },
    percentile(share) {
      const rank = Math.ceil(share * count)
      let passed = 0
      for (const ms of Uint32Array.from(often.keys()).sort()) {
        passed += often.get(ms) ?? 0
        if (passed >= rank) return ms
      }
      throw new RangeError('there is nothing to rank')
    },
  }
}
