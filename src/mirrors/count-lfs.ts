import type { Git } from '../repositories/git.ts'

// git-lfs spec v1: a pointer is text of less than 1024 bytes; one without extensions has about 130.
const smallest = 110
const largest = 1023
const maxCandidates = 200_000
const batch = 2_000
const pointer = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:[^\n]+\n)*oid sha256:[0-9a-f]{64}\nsize \d+\n/

export const isLfsPointer = (content: string): boolean => pointer.test(content)

/** How many of the objects in a folder are pointers of Git LFS; null where too many are small enough to be one. */
export async function countLfsPointers(
  git: Git,
  { repository, objects, signal }: { repository: string; objects: string; signal: AbortSignal },
): Promise<number | null> {
  const options = { repository, objectDirectory: objects, seesRepository: false, signal, timeoutMs: 30 * 60_000 }
  const { stdout } = await git.run(
    [
      'cat-file',
      '--batch-all-objects',
      '--unordered',
      '--buffer',
      '--batch-check=%(objecttype) %(objectsize) %(objectname)',
    ],
    { ...options, maxOutputBytes: 1024 ** 3 },
  )
  const candidates: string[] = []
  let from = 0
  for (let end = stdout.indexOf(10); end !== -1; from = end + 1, end = stdout.indexOf(10, from)) {
    // A blob's line begins with a b; the others are not even read.
    if (stdout[from] !== 0x62) continue
    const [, size, oid = ''] = stdout.toString('latin1', from, end).split(' ')
    if (Number(size) >= smallest && Number(size) <= largest) candidates.push(oid)
  }
  if (candidates.length > maxCandidates) return null
  let count = 0
  for (let at = 0; at < candidates.length; at += batch) {
    const input = `${candidates.slice(at, at + batch).join('\n')}\n`
    count += countIn((await git.run(['cat-file', '--batch', '--buffer'], { ...options, input })).stdout)
  }
  return count
}

function countIn(answer: Buffer): number {
  let count = 0
  for (let at = 0; at < answer.length;) {
    const end = answer.indexOf(10, at)
    const size = Number(answer.toString('latin1', at, end).split(' ')[2])
    if (!Number.isSafeInteger(size)) return count
    if (isLfsPointer(answer.toString('utf8', end + 1, end + 1 + size))) count++
    at = end + 1 + size + 1
  }
  return count
}
