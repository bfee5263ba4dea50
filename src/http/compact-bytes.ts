const leastHeld = 4 * 1024

/**
 * Bytes that come in parts, copied into one piece as they come: whoever sends them says how small the parts are, and one
 * that is kept costs hundreds of bytes beside its own.
 */
export class CompactBytes {
  #held = Buffer.allocUnsafe(leastHeld)
  length = 0

  /** @param most what comes after so many is left out */
  add(part: Buffer, most = Infinity): void {
    const wanted = Math.min(this.length + part.length, most)
    if (wanted > this.#held.length) this.#held = Buffer.concat([this.bytes()], Math.max(wanted, 2 * this.#held.length))
    part.copy(this.#held, this.length, 0, wanted - this.length)
    this.length = wanted
  }

  /** Whoever adds more changes none of them. */
  bytes(): Buffer {
    return this.#held.subarray(0, this.length)
  }
}
