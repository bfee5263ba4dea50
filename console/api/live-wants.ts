/** What the open tabs of this browser want to be told about, kept by the one that listens for all. */
export class LiveWants {
  readonly #tabs = new Map<string, { ids: readonly string[]; round: number }>()
  #round = 0

  /** A tab said what it wants; nothing any more where it leaves. */
  set(tab: string, ids: readonly string[]): void {
    if (ids.length === 0) this.#tabs.delete(tab)
    else this.#tabs.set(tab, { ids, round: this.#round })
  }

  /** Everybody is asked again. Who did not answer the last time is gone. */
  nextRound(): void {
    for (const [tab, { round }] of this.#tabs) if (round < this.#round) this.#tabs.delete(tab)
    this.#round += 1
  }

  /** All of it, in one order, so that the same wants make the same address. */
  all(): string[] {
    return [...new Set([...this.#tabs.values()].flatMap(({ ids }) => ids))].sort()
  }
}
