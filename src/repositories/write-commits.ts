import { hash } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import type { Git } from './git.ts'

const commitType = 1

/**
 * Brings commits into a repository that has their trees: as one pack by one process, however many there are.
 * @throws GitError where git takes one of them for no commit
 */
export async function writeCommits(git: Git, folder: string, commits: readonly Buffer[]): Promise<void> {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1')
  header.writeUInt32BE(commits.length, 8)
  const pack = Buffer.concat([header, ...commits.flatMap((bytes) => [sizeOf(bytes.length), deflateSync(bytes)])])
  const checksum = Buffer.from(hash('sha1', pack, 'hex'), 'hex')
  await git.run(['index-pack', '--stdin', '--fsck-objects'], {
    repository: folder,
    input: Buffer.concat([pack, checksum]),
  })
}

/** gitformat-pack(5): kind and size of an object, four bits and then seven to a byte, the least first. */
function sizeOf(length: number): Buffer {
  const bytes = [(commitType << 4) | (length & 15)]
  for (let rest = length >>> 4; rest > 0; rest >>>= 7) {
    bytes.push((bytes.pop() ?? 0) | 0x80, rest & 0x7f)
  }
  return Buffer.from(bytes)
}
