import type { DiffFile, ThreadView } from '../../api/shapes.ts'
import type { PatchLines } from '../../ui/diff-lines.ts'

type ByPath = ReadonlyMap<string, readonly ThreadView[]>

/** Threads about files, by the path they name. */
export function threadsByPath(threads: readonly ThreadView[]): ByPath {
  const found = new Map<string, ThreadView[]>()
  for (const thread of threads) {
    if (thread.path === null) continue
    const here = found.get(thread.path)
    if (here) here.push(thread)
    else found.set(thread.path, [thread])
  }
  return found
}

/** Those of one changed file, by its new name and its old one. */
export function threadsOf(byPath: ByPath, { newPath, oldPath }: Pick<DiffFile, 'newPath' | 'oldPath'>) {
  const byNew = newPath === null ? [] : (byPath.get(newPath) ?? [])
  const byOld = oldPath === null || oldPath === newPath ? [] : (byPath.get(oldPath) ?? [])
  return byOld.length === 0 ? byNew : [...byNew, ...byOld]
}

/** Whether its lines are among those that the patch shows. */
export const isAtLine = ({ isOutdated, side, line }: ThreadView, lines: PatchLines): boolean =>
  !isOutdated && line !== null && lines[side ?? 'head'].has(line)
