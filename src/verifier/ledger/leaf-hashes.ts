const hashBytes = 32
/** 65,536 hashes: an export of millions of events takes 32 bytes for each, and no more. */
const chunkHashes = 2 ** 16

/** Hashes by their place, in whatever order they come. */
export class LeafHashes {
  readonly #chunks = new Map<number, { bytes: Buffer; has: Uint8Array }>()
  count = 0

  /** Whether the place was free. */
  add(index: number, hash: Buffer): boolean {
    const [at, within] = placeOf(index)
    let chunk = this.#chunks.get(at)
    if (chunk === undefined) {
      chunk = { bytes: Buffer.alloc(chunkHashes * hashBytes), has: new Uint8Array(chunkHashes) }
      this.#chunks.set(at, chunk)
    }
    if (chunk.has[within] === 1) return false
    chunk.has[within] = 1
    hash.copy(chunk.bytes, within * hashBytes)
    this.count += 1
    return true
  }

  has(index: number): boolean {
    const [at, within] = placeOf(index)
    return this.#chunks.get(at)?.has[within] === 1
  }

  /** The first place before `size` that holds nothing. */
  firstMissing(size: number): number | undefined {
    for (let index = 0; index < size; index += 1) if (!this.has(index)) return index
    return undefined
  }

  /** From `start` to before `end`, all of which are there. */
  slice(start: number, end: number): Buffer[] {
    return Array.from({ length: end - start }, (_, nth) => {
      const [at, within] = placeOf(start + nth)
      return this.#chunks.get(at)?.bytes.subarray(within * hashBytes, (within + 1) * hashBytes) ?? Buffer.of()
    })
  }
}

const placeOf = (index: number): [chunk: number, within: number] => [
  Math.floor(index / chunkHashes),
  index % chunkHashes,
]
