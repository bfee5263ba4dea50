import type { Db, Tx } from '../../database/handles.ts'
import type { ReadNode } from '../../protocols/tlog/merkle.ts'
import { foldHashes, hashesAt, placeOfNode, splitTile, tileWidth } from '../../protocols/tlog/tile.ts'

/** The tree as its tiles have it, for as long as one question lasts. */
export function readTree(db: Db<'ledgerTile'>) {
  const known = new Map<string, Promise<Buffer[]>>()
  const load = async (level: number, position: number): Promise<Buffer[]> => {
    const row = await db
      .selectFrom('ledgerTile')
      .select('hashes')
      .where('level', '=', level)
      .where('position', '=', position)
      .executeTakeFirst()
    return splitTile(Buffer.from(row?.hashes ?? '', 'base64'))
  }
  const tile = (level: number, position: number): Promise<Buffer[]> => {
    const key = `${level} ${position}`
    const found = known.get(key) ?? load(level, position)
    known.set(key, found)
    return found
  }
  const node: ReadNode = async (level, index) => {
    const place = placeOfNode(level, index)
    const hashes = (await tile(place.level, place.position)).slice(place.from, place.from + place.count)
    if (hashes.length < place.count) throw new Error(`the ledger lacks the node ${index} of level ${level}`)
    return foldHashes(hashes)
  }
  return { tile, node }
}

/** Adds leaves behind a tree of this size, in the transaction that moves its head. */
export async function growTree(
  tx: Tx<'ledgerTile'>,
  size: number,
  leaves: readonly Buffer[],
): Promise<{ node: ReadNode; write: () => Promise<void> }> {
  const { tile, node } = readTree(tx)
  const changed = new Map<string, { level: number; position: number }>()
  const counts = new Map<number, number>()
  async function append(level: number, hash: Buffer): Promise<void> {
    const count = counts.get(level) ?? hashesAt(level, size)
    const position = Math.floor(count / tileWidth)
    const hashes = await tile(level, position)
    if (hashes.length !== count % tileWidth)
      throw new Error(`tile ${position} of level ${level} is not as the head says`)
    hashes.push(hash)
    counts.set(level, count + 1)
    changed.set(`${level} ${position}`, { level, position })
    if (hashes.length === tileWidth) await append(level + 1, foldHashes(hashes))
  }
  for (const leaf of leaves) await append(0, leaf)
  return {
    node,
    async write() {
      for (const { level, position } of changed.values()) {
        const hashes = Buffer.concat(await tile(level, position)).toString('base64')
        await tx
          .insertInto('ledgerTile')
          .values({ level, position, hashes })
          .onConflict((conflict) => conflict.columns(['level', 'position']).doUpdateSet({ hashes }))
          .execute()
      }
    },
  }
}
