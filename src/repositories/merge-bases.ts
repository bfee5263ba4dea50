import type { Source } from './revision.ts'

/** Where two lines of history part: commits that both hold, the one that `git merge-base` tells first. */
export async function listMergeBases(
  { git, folder }: Source,
  { base, head }: { base: string; head: string },
  timeoutMs?: number,
): Promise<string[]> {
  const { stdout } = await git.run(['merge-base', '--all', '--end-of-options', base, head], {
    repository: folder,
    ok: [0, 1],
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
  return stdout.toString().split('\n').filter(Boolean)
}
