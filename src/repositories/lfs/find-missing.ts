import type { Git } from '../git.ts'
import type { Refusal } from '../push-judgement.ts'
import { listLfsPointers } from './list-pointers.ts'
import { findLfsObject } from './object-store.ts'

/** A push with more files of a pointer's size than this is not looked through: a first push of very many small files. */
const mostLookedAt = 20_000
const mostTips = 20

/**
 * Refuses a push whose pointers name files that nobody brought: its commits would be proven and its files lost. Only
 * what is new in this push is looked at, never the history that is here.
 */
export async function findMissingLfs(
  git: Pick<Git, 'run'>,
  { folder, quarantine, tips }: { folder: string; quarantine: string; tips: readonly string[] },
): Promise<Omit<Refusal, 'ref'> | undefined> {
  const pointers = await listLfsPointers(git, { repository: folder, objects: quarantine, most: mostLookedAt })
  const missing = new Set<string>()
  for (const { oid, size } of pointers ?? []) if ((await findLfsObject(folder, oid)) !== size) missing.add(oid)
  if (missing.size === 0 || (await areKeptElsewhere(git, { folder, quarantine, tips }))) return undefined
  const [count, are] = missing.size === 1 ? ['One file', 'is'] : [`${missing.size} files`, 'are']
  return {
    outcome: 'refuse',
    code: 'lfs-missing',
    reason: 'files of Git LFS are missing',
    sentences: [
      `${count} of Git LFS that this push names ${are} not here.`,
      'Bring them, then push again:',
      'git lfs push --all origin',
    ],
  }
}

/** A team that keeps its files on another server says so in `.lfsconfig`, and every clone goes there. */
async function areKeptElsewhere(
  git: Pick<Git, 'run'>,
  { folder, quarantine, tips }: { folder: string; quarantine: string; tips: readonly string[] },
): Promise<boolean> {
  for (const tip of tips.slice(0, mostTips)) {
    const { code, stdout } = await git.run(['cat-file', 'blob', `${tip}:.lfsconfig`], {
      repository: folder,
      objectDirectory: quarantine,
      ok: [0, 128],
    })
    if (code === 0 && /^\s*(?:lfs)?url\s*=\s*\S/im.test(stdout.toString())) return true
  }
  return false
}
