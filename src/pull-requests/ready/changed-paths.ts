import { Lru } from '../../protocols/lru.ts'
import { GitError } from '../../repositories/git-error.ts'
import type { Source } from '../../repositories/revision.ts'
import { withPreview } from '../merge-trees.ts'

const known = new Lru<string, readonly string[]>(100)
const mostBytes = 32 * 1024 ** 2

/**
 * Every path that differs because of a change, whether written, moved or deleted: between merge base and head, and, where
 * the target went on, between its tip and what merging gives – a directory renamed there takes new files along.
 * Undefined where there are more than can be looked at.
 */
export async function listChangedPaths(
  source: Source,
  { base, head, mergeBase }: { base: string; head: string; mergeBase: string },
): Promise<readonly string[] | undefined> {
  const key = `${source.folder} ${base} ${head}`
  const before = known.get(key)
  if (before !== undefined) return before
  try {
    const paths = new Set(await listPaths(source, mergeBase, head))
    if (mergeBase !== base)
      await withPreview(source, { base, head }, async ({ outcome, objectDirectory }) => {
        if (outcome.kind !== 'clean') return
        for (const path of await listPaths(source, base, outcome.tree, objectDirectory)) paths.add(path)
      })
    const all = [...paths]
    known.set(key, all)
    return all
  } catch (error) {
    if (error instanceof GitError && error.code === 'git-output-too-large') return undefined
    throw error
  }
}

async function listPaths(
  { git, folder }: Source,
  from: string,
  to: string,
  objectDirectory?: string,
): Promise<string[]> {
  const flags = ['-r', '-z', '--name-only', '--no-renames', '--no-ext-diff', '--no-textconv']
  const { stdout } = await git.run(['diff-tree', ...flags, '--end-of-options', from, to, '--'], {
    repository: folder,
    maxOutputBytes: mostBytes,
    ...(objectDirectory === undefined ? {} : { objectDirectory }),
  })
  return stdout.toString().split('\0').filter(Boolean)
}
