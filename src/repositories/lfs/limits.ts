import { ProblemError } from '../../http/problem.ts'
import { findLfsObject, otherBytes, sumLfsObjects } from './object-store.ts'

interface LfsLimits {
  /** The largest file that Git LFS may keep here. */
  objectBytes: number
  /** All of them in one repository. */
  repositoryBytes: number
}

/** For so long a sum is believed; another node may have taken files meanwhile. */
const believedMs = 5 * 60_000

export interface LfsRoom {
  /** @throws ProblemError 413 for a file that is too large, 507 where the repository has no room for it */
  check(repository: string, size: number): Promise<void>
  /**
   * The same, and keeps the room for a file that arrives; what of it stayed is said by `isKept`. One that is here already
   * takes none. @throws ProblemError 422 where that has another size
   */
  take(repository: string, asked: { oid: string; size: number }): Promise<Disposable & { isKept: () => void }>
}

/** How much room each repository has left, by the files on disk and those that arrive. */
export function createLfsRoom({ objectBytes, repositoryBytes }: LfsLimits, now: () => number): LfsRoom {
  const sums = new Map<string, { at: number; bytes: Promise<number> }>()
  const arriving = new Map<string, number>()

  async function sumOf(repository: string): Promise<number> {
    const known = sums.get(repository)
    if (known !== undefined && now() - known.at < believedMs) return known.bytes
    const bytes = sumLfsObjects(repository)
    believe(repository, { at: now(), bytes })
    return bytes
  }

  /** What the disk did not tell is asked again. */
  function believe(repository: string, sum: { at: number; bytes: Promise<number> }): void {
    sums.set(repository, sum)
    sum.bytes.catch(() => sums.delete(repository))
  }

  function add(repository: string, bytes: number): void {
    const known = sums.get(repository)
    if (known !== undefined) believe(repository, { at: known.at, bytes: known.bytes.then((sum) => sum + bytes) })
  }

  const count = (repository: string, bytes: number): void => {
    const left = (arriving.get(repository) ?? 0) + bytes
    if (left === 0) arriving.delete(repository)
    else arriving.set(repository, left)
  }

  /** At once with the counting of what it admits: of two that arrive together the second finds the first. */
  function judge(repository: string, size: number, sum: number): void {
    if (size > objectBytes) throw tooLarge(size, objectBytes)
    if (sum + (arriving.get(repository) ?? 0) + size > repositoryBytes) throw noRoom(repositoryBytes)
  }

  return {
    check: async (repository, size) => judge(repository, size, await sumOf(repository)),
    async take(repository, { oid, size }) {
      const here = await findLfsObject(repository, oid)
      // It would take room that nobody counts.
      if (here !== undefined && here !== size) throw otherBytes()
      const bytes = here === undefined ? size : 0
      const sum = await sumOf(repository)
      if (here === undefined) judge(repository, size, sum)
      count(repository, bytes)
      return {
        isKept: () => add(repository, bytes),
        [Symbol.dispose]: () => count(repository, -bytes),
      }
    },
  }
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MB`

const tooLarge = (size: number, most: number): ProblemError =>
  new ProblemError(
    413,
    'lfs-too-large',
    `This file has ${megabytes(size)}; files of Git LFS may have ${megabytes(most)} here.`,
    { help: 'Whoever runs this server can allow more with POSTERN_MAX_LFS_FILE_MB.' },
  )

const noRoom = (most: number): ProblemError =>
  new ProblemError(
    507,
    'lfs-no-room',
    `With it the files of Git LFS in this repository would have more than ${megabytes(most)}, which is the most here.`,
    { help: 'Whoever runs this server can allow more with POSTERN_MAX_LFS_REPOSITORY_MB.' },
  )
