import type { ReadNode } from '../../protocols/tlog/merkle.ts'
import { foldHashes, hashesAt, placeOfNode, renderTilePath, splitTile, tileWidth } from '../../protocols/tlog/tile.ts'
import { CannotJudge } from '../cannot-judge.ts'
import { download } from './download.ts'

const hashBytes = 32
/** For all of them together: a server that drips would hold the next look up as well. */
const patienceMs = 120_000

/** The nodes of a tree of this size, as a server has them: believed by nobody until they make a root that it signed. */
export function serverTiles(origin: string, size: number): ReadNode {
  const patience = AbortSignal.timeout(patienceMs)
  const known = new Map<string, Promise<Buffer[]>>()
  const load = async (name: string, width: number): Promise<Buffer[]> => {
    const bytes = await download(`${origin}/ledger/tile/${name}`, width * hashBytes, patience).catch((cause: Error) => {
      throw new CannotJudge('tiles-unreadable', `${origin}/ledger/tile/${name} cannot be read: ${cause.message}`, {
        cause,
      })
    })
    if (bytes.length !== width * hashBytes)
      throw new CannotJudge('tiles-unreadable', `${origin}/ledger/tile/${name} is not whole`)
    return splitTile(bytes)
  }
  return async (level, index) => {
    const place = placeOfNode(level, index)
    const width = Math.min(tileWidth, hashesAt(place.level, size) - place.position * tileWidth)
    const name = renderTilePath({ ...place, width })
    const tile = known.get(name) ?? load(name, width)
    known.set(name, tile)
    return foldHashes((await tile).slice(place.from, place.from + place.count))
  }
}
