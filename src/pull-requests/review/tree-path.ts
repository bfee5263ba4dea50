import type { Source } from '../../repositories/revision.ts'
import { Lru } from '../../protocols/lru.ts'

/**
 * Whether a path can be one in a tree, and be asked of git as it is. git itself would read `../x` as relative to a
 * folder, and end over it.
 */
export const isTreePath = (path: string): boolean =>
  // eslint-disable-next-line no-control-regex
  !/[\u0000-\u001f\u007f]/.test(path) &&
  path.isWellFormed() &&
  !path.includes('^{/') &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')

// What a path leads to in a commit never changes. `false`: to nothing.
const known = new Lru<string, string | false>(50_000)

/** The file at this path; undefined where there is none, or the commit is gone. */
export async function findBlob({ git, folder }: Source, commit: string, path: string): Promise<string | undefined> {
  if (!isTreePath(path)) return undefined
  const key = `${folder} ${commit} ${path}`
  const before = known.get(key)
  if (before !== undefined) return before || undefined
  const found = await git.objects(folder).info(`${commit}:${path}`)
  const oid = found?.type === 'blob' ? found.oid : undefined
  known.set(key, oid ?? false)
  return oid
}
