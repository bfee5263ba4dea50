import { hash } from 'node:crypto'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import type { Git } from './git.ts'

export interface NewObject {
  kind: 'commit' | 'tree' | 'blob'
  bytes: Buffer
}

const deflated = promisify<Uint8Array, Buffer>(deflate)

// gitformat-pack(5)
const kindNumbers = { commit: 1, tree: 2, blob: 3 } satisfies Record<NewObject['kind'], number>

/** As git names it. */
export const objectOid = ({ kind, bytes }: NewObject): string =>
  hash('sha1', Buffer.concat([Buffer.from(`${kind} ${bytes.length}\0`), bytes]))

/**
 * Brings objects into a repository, or into a quarantine before it, as one pack by one process, however many there are:
 * all of them or none.
 * @param check `--strict` is what git does with a push: their form, their names, and that nothing they name is missing
 * @throws GitError where git does not take one of them
 */
export async function writeObjects(
  git: Git,
  folder: string,
  objects: readonly NewObject[],
  { check, quarantine }: { check: '--strict' | '--fsck-objects'; quarantine?: string },
): Promise<void> {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1')
  header.writeUInt32BE(objects.length, 8)
  const parts: Uint8Array[] = [header]
  for (const object of objects) parts.push(sizeOf(object), await deflated(object.bytes))
  const pack = Buffer.concat(parts)
  const checksum = Buffer.from(hash('sha1', pack, 'hex'), 'hex')
  await git.run(['index-pack', '--stdin', check], {
    repository: folder,
    input: Buffer.concat([pack, checksum]),
    ...(quarantine === undefined ? {} : { objectDirectory: quarantine }),
  })
}

/** Kind and size of an object, four bits and then seven to a byte, the least first. */
function sizeOf({ kind, bytes: { length } }: NewObject): Buffer {
  const bytes = [(kindNumbers[kind] << 4) | (length & 15)]
  for (let rest = length >>> 4; rest > 0; rest >>>= 7) {
    bytes.push((bytes.pop() ?? 0) | 0x80, rest & 0x7f)
  }
  return Buffer.from(bytes)
}
