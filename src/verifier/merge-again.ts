import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Landed } from './report.ts'
import { Repository } from './git.ts'
import { findMergeBase } from './read-patches.ts'
import type { SealedStep } from './step.ts'

type Answer = Exclude<Landed, null>

// Each is a git process of its own; few machines have use for more at once.
const AT_ONCE = 4
const LEAST_GIT = [2, 38] as const

/**
 * Merges again what was proposed into the tip before, for steps whose result is not path by path what was approved, and
 * says whether exactly that came of it. It happens in a throw-away repository that borrows the clone's objects: nothing
 * is written into the clone, and no setting, attribute or merge driver of it has a say.
 */
export async function mergeAgain(
  repository: Repository,
  steps: readonly SealedStep[],
): Promise<Map<SealedStep, Answer>> {
  const answers = new Map<SealedStep, Answer>()
  if (steps.length === 0) return answers
  const folder = await mkdtemp(join(tmpdir(), 'postern-merge-'))
  try {
    const scratch = await borrow(repository, folder)
    if (!(await isNewEnough(scratch))) return new Map(steps.map((step) => [step, 'git-too-old']))
    for (let at = 0; at < steps.length; at += AT_ONCE) {
      const some = steps.slice(at, at + AT_ONCE)
      const found = await Promise.all(some.map((step) => mergeStep(scratch, step)))
      for (const [index, step] of some.entries()) answers.set(step, found[index] ?? 'otherwise')
    }
    return answers
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function borrow(repository: Repository, folder: string): Promise<Repository> {
  const objects = await repository.run(['rev-parse', '--path-format=absolute', '--git-path', 'objects'])
  await mkdir(join(folder, 'objects', 'info'), { recursive: true })
  await mkdir(join(folder, 'refs'))
  // Quoted, it may hold any character.
  const quoted = `"${objects.replaceAll(/["\\]/g, '\\$&')}"\n`
  await writeFile(join(folder, 'objects', 'info', 'alternates'), quoted)
  await writeFile(join(folder, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n')
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/none\n')
  return new Repository(folder)
}

async function isNewEnough(repository: Repository): Promise<boolean> {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(await repository.run(['version'])) ?? []
  return Number(major) > LEAST_GIT[0] || (Number(major) === LEAST_GIT[0] && Number(minor) >= LEAST_GIT[1])
}

async function mergeStep(repository: Repository, { base, head, tree }: SealedStep): Promise<Answer> {
  if ((await repository.findRef(`${head}^{commit}`)) === undefined) return 'head-missing'
  if ((await findMergeBase(repository, base, head)) === undefined) return 'otherwise'
  const { code, stdout } = await repository.try([
    'merge-tree',
    '--write-tree',
    '--no-messages',
    '--end-of-options',
    base,
    head,
  ])
  // 1 is a conflict: what came of it is then somebody's own work. Others are no merge at all.
  return code === 0 && stdout.trim() === tree ? 'as-approved' : 'otherwise'
}
