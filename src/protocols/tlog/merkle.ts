import { hash } from 'node:crypto'

/**
 * The Merkle tree of RFC 6962 §2.1 (RFC 9162 §2.1): leaves and nodes are told apart by their first byte. Hashes are 32 bytes.
 * Every complete subtree has a place: its level, leaves being 0, and its number among those of that level.
 */
export type ReadNode = (level: number, index: number) => Promise<Buffer>

const sha256 = (...parts: (Uint8Array | string)[]): Buffer =>
  hash('sha256', Buffer.concat(parts.map((part) => Buffer.from(part))), 'buffer')

export const leafHash = (leaf: Uint8Array | string): Buffer => sha256('\0', leaf)

export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256('\u0001', left, right)

/** Of a tree without leaves. */
export const emptyRoot: Buffer = sha256()

/** Over the first `size` leaves. */
export const rootOf = (size: number, read: ReadNode): Promise<Buffer> =>
  size === 0 ? Promise.resolve(emptyRoot) : hashOf({ start: 0, end: size }, read)

/** PATH(m, D[n]) of RFC 6962 §2.1.1: what stands beside the way from this leaf to the root, the lowest first. */
export async function proveInclusion(index: number, size: number, read: ReadNode): Promise<Buffer[]> {
  if (!(index >= 0 && index < size)) throw new RangeError(`no leaf ${index} in a tree of ${size}`)
  const path = async (start: number, end: number): Promise<Buffer[]> => {
    if (end - start === 1) return []
    const middle = start + splitOf(end - start)
    return index < middle
      ? [...(await path(start, middle)), await hashOf({ start: middle, end }, read)]
      : [...(await path(middle, end)), await hashOf({ start, end: middle }, read)]
  }
  return path(0, size)
}

/** PROOF(m, D[n]) of RFC 6962 §2.1.2: that the first `older` leaves are still the first of `size`. */
export async function proveConsistency(older: number, size: number, read: ReadNode): Promise<Buffer[]> {
  if (!(older >= 0 && older <= size)) throw new RangeError(`a tree of ${size} did not grow from one of ${older}`)
  if (older === 0 || older === size) return []
  const proof = async (start: number, end: number, isKnown: boolean): Promise<Buffer[]> => {
    if (older === end) return isKnown ? [] : [await hashOf({ start, end }, read)]
    const middle = start + splitOf(end - start)
    return older <= middle
      ? [...(await proof(start, middle, isKnown)), await hashOf({ start: middle, end }, read)]
      : [...(await proof(middle, end, false)), await hashOf({ start, end: middle }, read)]
  }
  return proof(0, size, true)
}

async function hashOf({ start, end }: { start: number; end: number }, read: ReadNode): Promise<Buffer> {
  const size = end - start
  const level = Math.log2(size)
  if (Number.isInteger(level)) return read(level, start / size)
  const middle = start + splitOf(size)
  return nodeHash(await hashOf({ start, end: middle }, read), await hashOf({ start: middle, end }, read))
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}
