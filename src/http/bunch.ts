/** One thing in a bunch, and where it is there; -1 where it is not any more. */
export interface Held<Thing> {
  readonly thing: Thing
  at: number
}

/**
 * What is open at this moment, in no order. Not a `Set`: one that shrinks makes itself a new table, to which the old one
 * goes on pointing, so that with a table of it among the old objects of the heap every later one stays there as well, and
 * with them whatever was in it, each request of the last seconds, until all of the heap is gone through.
 */
export class Bunch<Thing> {
  readonly #held: Held<Thing>[] = []

  add(thing: Thing): Held<Thing> {
    const held = { thing, at: this.#held.length }
    this.#held.push(held)
    return held
  }

  /** Once and again: whatever is not in it is left alone. */
  delete(held: Held<Thing>): void {
    const { at } = held
    if (at === -1) return
    held.at = -1
    const last = this.#held.pop()
    if (last === undefined || last === held) return
    last.at = at
    this.#held[at] = last
  }

  /** As it is now, whatever happens to each meanwhile. */
  list(): Thing[] {
    return this.#held.map(({ thing }) => thing)
  }

  get size(): number {
    return this.#held.length
  }
}
