import { nodeHash } from './merkle.ts'

/** C2SP tlog-tiles: a tile of level L holds up to 256 hashes of complete subtrees of 256^L leaves each. */
export const tileWidth = 256
export const tileHeight = 8
const hashBytes = 32

export interface TilePlace {
  level: number
  position: number
}

/** How many hashes all tiles of this level hold together in a tree of this size. */
export const hashesAt = (level: number, size: number): number => Math.floor(size / tileWidth ** level)

/** The root over whole tiles, or over an aligned power of two of their hashes. */
export function foldHashes(hashes: readonly Buffer[]): Buffer {
  const [only, ...more] = hashes
  if (only === undefined) throw new RangeError('nothing to fold')
  if (more.length === 0) return only
  const pairs = Array.from({ length: hashes.length / 2 }, (_, at) =>
    nodeHash(hashes[2 * at] ?? Buffer.of(), hashes[2 * at + 1] ?? Buffer.of()),
  )
  return foldHashes(pairs)
}

export const splitTile = (bytes: Buffer): Buffer[] =>
  Array.from({ length: bytes.length / hashBytes }, (_, at) => bytes.subarray(at * hashBytes, (at + 1) * hashBytes))

/** Which hashes of which tile a complete subtree is folded from. */
export function placeOfNode(level: number, index: number): TilePlace & { from: number; count: number } {
  const count = 2 ** (level % tileHeight)
  const first = index * count
  return {
    level: Math.floor(level / tileHeight),
    position: Math.floor(first / tileWidth),
    from: first % tileWidth,
    count,
  }
}

/** The name of a tile: of one that is not full with how many of its hashes. */
export function renderTilePath({ level, position, width }: TilePlace & { width: number }): string {
  const digits = String(position)
  const threes = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? []
  const places = threes.map((three, at) => (at < threes.length - 1 ? `x${three}` : three)).join('/')
  return `${level}/${places}${width < tileWidth ? `.p/${width}` : ''}`
}

/** `0/x001/x234/067` or `0/003.p/17`: level, position in threes of digits, and how many hashes where it is not full. */
export function parseTilePath(path: string): (TilePlace & { width: number }) | undefined {
  const [, level = '', places = '', partial] =
    /^([0-9]|[1-5][0-9])\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(path) ?? []
  if (level === '') return undefined
  const position = Number(places.replaceAll(/[x/]/g, ''))
  const width = partial === undefined ? tileWidth : Number(partial)
  // One name for each: no leading group of zeros.
  const isPlain = places.replaceAll(/^(?:x000\/)+/g, '') === places
  return isPlain && Number.isSafeInteger(position) && width <= tileWidth && (partial === undefined || width < tileWidth)
    ? { level: Number(level), position, width }
    : undefined
}
