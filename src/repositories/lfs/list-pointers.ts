import type { Git } from '../git.ts'
import { eachPart } from '../read-stream.ts'
import { largestPointer, type LfsPointer, parseLfsPointer, smallestPointer } from './pointer.ts'

const readAtOnce = 2_000

/**
 * The pointers of Git LFS among the objects of a folder, a quarantine or what was fetched; null where more than `most`
 * of them are small enough to be one, which would take too long.
 */
export async function listLfsPointers(
  git: Pick<Git, 'run'>,
  wanted: { repository: string; objects: string; most: number; signal?: AbortSignal },
): Promise<LfsPointer[] | null> {
  const { repository, objects, most, signal } = wanted
  const options = {
    repository,
    objectDirectory: objects,
    seesRepository: false,
    timeoutMs: 30 * 60_000,
    ...(signal === undefined ? {} : { signal }),
  }
  const format = '--batch-check=%(objecttype) %(objectsize) %(objectname)'
  // As bytes: a part of a line would keep all that came with it. None of what git says is kept, however much there is.
  const candidates: Buffer[] = []
  await git.run(['cat-file', '--batch-all-objects', '--unordered', '--buffer', format], {
    ...options,
    take: eachPart('\n', (line) => {
      const [type, size, oid = ''] = line.split(' ')
      if (type === 'blob' && Number(size) >= smallestPointer && Number(size) <= largestPointer)
        candidates.push(Buffer.from(oid, 'hex'))
      return candidates.length > most ? 'enough' : 'more'
    }),
  })
  if (candidates.length > most) return null
  const pointers: LfsPointer[] = []
  for (let at = 0; at < candidates.length; at += readAtOnce) {
    const asked = candidates.slice(at, at + readAtOnce).map((oid) => oid.toString('hex'))
    const input = `${asked.join('\n')}\n`
    pointers.push(...pointersIn((await git.run(['cat-file', '--batch', '--buffer'], { ...options, input })).stdout))
  }
  return pointers
}

function* pointersIn(answer: Buffer): Generator<LfsPointer> {
  for (let at = 0; at < answer.length;) {
    const end = answer.indexOf(10, at)
    const size = Number(answer.toString('latin1', at, end).split(' ')[2])
    if (!Number.isSafeInteger(size)) return
    const pointer = parseLfsPointer(answer.toString('utf8', end + 1, end + 1 + size))
    if (pointer !== undefined) yield pointer
    at = end + 1 + size + 1
  }
}
