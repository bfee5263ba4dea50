import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Git } from './git.ts'
import { onOwnBehalf } from './on-behalf.ts'

const maxPacks = 20
const maxLooseObjects = 2000
const worthABitmapBytes = 4 * 1024 ** 2
const timeoutMs = 4 * 3600_000

export type Maintenance = {
  /** Call after a push or merge: looks whether the repository has grown untidy, and queues it. Never throws. */
  changed(folder: string): void
  /** Resolves when nothing is queued or running. */
  idle(): Promise<void>
  close(): Promise<void>
}

/**
 * Packs references and objects, writes the bitmap and the commit-graph (a full clone then costs a fifth of the CPU).
 * Safe beside readers and writers: git's own locks guard references; a push's fresh pack has its `.keep` until its
 * references stand; unreachable objects go to a cruft pack and are dropped only when two weeks old, so that a merge or a
 * push that is just about to name them finds them. It is not safe beside the removal of the folder.
 * @throws GitError
 */
export async function maintain(git: Git, folder: string, signal?: AbortSignal): Promise<void> {
  const options = { repository: folder, timeoutMs, ...(signal === undefined ? {} : { signal }) }
  await git.run(['pack-refs', '--all', '--prune'], options)
  await git.run(
    ['repack', '-d', '-q', '--cruft', '--cruft-expiration=2.weeks.ago', '--write-bitmap-index', '--threads=1'],
    options,
  )
  await git.run(['prune', '--expire=2.weeks.ago'], options)
  await git.run(['commit-graph', 'write', '--reachable', '--changed-paths', '--no-progress'], options)
  // Whoever reads on would hold the packs that are gone now, and their place on the disk.
  git.letGo(folder)
}

/** A background queue: one repository at a time, so that the other core stays with the people. */
export function createMaintenance({
  git,
  onError,
}: {
  git: Git
  onError: (error: unknown, folder: string) => void
}): Maintenance {
  const queued = new Set<string>()
  const stopping = new AbortController()
  let working: Promise<void> | undefined

  async function work(): Promise<void> {
    for (const folder of queued) {
      queued.delete(folder)
      try {
        if (await isUntidy(folder)) await maintain(git, folder, stopping.signal)
      } catch (error) {
        if (!stopping.signal.aborted) onError(error, folder)
      }
    }
    working = undefined
  }

  return {
    changed(folder) {
      if (stopping.signal.aborted) return
      queued.add(folder)
      working ??= onOwnBehalf(work)
    },
    idle: async () => working,
    async close() {
      queued.clear()
      stopping.abort()
      await working
    },
  }
}

/** Many packs, many loose objects, or a large repository that has no bitmap yet. */
export async function isUntidy(folder: string): Promise<boolean> {
  const pack = join(folder, 'objects', 'pack')
  const names = await readdir(pack).catch(() => [])
  const packs = names.filter((name) => name.endsWith('.pack'))
  if (packs.length > maxPacks) return true
  if (!names.some((name) => name.endsWith('.bitmap'))) {
    let bytes = 0
    for (const name of packs) bytes += (await stat(join(pack, name)).catch(() => undefined))?.size ?? 0
    if (bytes > worthABitmapBytes) return true
  }
  // Names are hashes: one folder of 256 tells about all.
  const sample = await readdir(join(folder, 'objects', '17')).catch(() => [])
  return sample.length * 256 > maxLooseObjects
}
