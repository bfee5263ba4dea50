import type { Git } from '../git.ts'
import type { Refusal } from '../push-judgement.ts'
import { eachPart } from '../read-stream.ts'
import { listLfsPointers } from './list-pointers.ts'
import { findLfsObject, hasLfsObjects } from './object-store.ts'

/** A push with more files of a pointer's size than this is not looked through: a first push of very many small files. */
const mostLookedAt = 20_000
const mostTips = 20

/**
 * Refuses a push whose pointers name files that nobody brought: its commits would be proven and its files lost. Only
 * what is new in this push is looked at, never the history that is here.
 */
export async function findMissingLfs(
  git: Pick<Git, 'run'>,
  { folder, quarantine, tips }: Pushed,
): Promise<Omit<Refusal, 'ref'> | undefined> {
  if (!(await mayHold(git, { folder, quarantine, tips }))) return undefined
  const pointers = await listLfsPointers(git, { repository: folder, objects: quarantine, most: mostLookedAt })
  const missing = new Set<string>()
  for (const { oid, size } of pointers ?? []) if ((await findLfsObject(folder, oid)) !== size) missing.add(oid)
  if (missing.size === 0 || (await areKeptElsewhere(git, { folder, quarantine, tips }))) return undefined
  const [count, are, them] = missing.size === 1 ? ['One file', 'is', 'it'] : [`${missing.size} files`, 'are', 'them']
  return {
    outcome: 'refuse',
    code: 'lfs-missing',
    reason: 'files of Git LFS are missing',
    sentences: [
      `${count} of Git LFS that this push names ${are} not here.`,
      `Bring ${them}, then push again:`,
      'git lfs push --all origin',
    ],
  }
}

interface Pushed {
  folder: string
  quarantine: string
  tips: readonly string[]
}

/**
 * Whether this repository has to do with Git LFS: looking through all objects of a large push costs a tenth of taking it in.
 * Attributes of a folder that is not the top one begin to count once a file is here.
 */
async function mayHold(git: Pick<Git, 'run'>, { folder, quarantine, tips }: Pushed): Promise<boolean> {
  if (await hasLfsObjects(folder)) return true
  let isNamed = false
  await git.run(['cat-file', '--batch', '--buffer'], {
    repository: folder,
    objectDirectory: quarantine,
    input: tips
      .slice(0, mostTips)
      .map((tip) => `${tip}:.gitattributes\n`)
      .join(''),
    take: eachPart('\n', (line) => {
      isNamed ||= line.includes('filter=lfs')
      return isNamed ? 'enough' : 'more'
    }),
  })
  return isNamed
}

/** A team that keeps its files on another server says so in `.lfsconfig`, and every clone goes there. */
async function areKeptElsewhere(git: Pick<Git, 'run'>, { folder, quarantine, tips }: Pushed): Promise<boolean> {
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
