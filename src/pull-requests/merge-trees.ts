import { conflict } from '../http/problem.ts'
import type { RunOptions } from '../repositories/git.ts'
import type { Source } from '../repositories/revision.ts'
import { createTemporaryObjects } from '../repositories/storage.ts'

export type MergeOutcome =
  | { kind: 'clean'; tree: string }
  /** Names of the files that both sides changed. */
  | { kind: 'conflicts'; files: string[] }

/**
 * The tree that merging `head` into `base` gives. New objects are written to the repository, or to `objectDirectory`.
 * @throws GitError for histories without a common commit
 */
export async function mergeTrees(
  { git, folder }: Source,
  { base, head, objectDirectory }: { base: string; head: string; objectDirectory?: string },
): Promise<MergeOutcome> {
  const { code, stdout } = await git.run(
    ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', '--end-of-options', base, head],
    { repository: folder, ok: [0, 1], ...(objectDirectory === undefined ? {} : inPreview(objectDirectory)) },
  )
  const [tree = '', ...files] = stdout.toString().split('\0').filter(Boolean)
  return code === 0 ? { kind: 'clean', tree } : { kind: 'conflicts', files: [...new Set(files)] }
}

/**
 * A commit of `tree` whose only parent is `parent`, for git to compare alone: of two that share it, git takes this parent as
 * the common ancestor, as `git merge-tree --merge-base` does, which git 2.39 does not have. The same arguments always give
 * the same commit.
 */
export async function standIn(
  { git, folder }: Source,
  given: { parent: string; tree: string; at: number; objectDirectory?: string | undefined },
): Promise<string> {
  const { parent, tree, at, objectDirectory } = given
  const { stdout } = await git.run(['commit-tree', '-p', parent, '-m', 'here', tree], {
    repository: folder,
    env: {
      GIT_AUTHOR_NAME: 'postern',
      GIT_AUTHOR_EMAIL: 'postern@localhost',
      GIT_AUTHOR_DATE: `${at} +0000`,
      GIT_COMMITTER_NAME: 'postern',
      GIT_COMMITTER_EMAIL: 'postern@localhost',
      GIT_COMMITTER_DATE: `${at} +0000`,
    },
    ...(objectDirectory === undefined ? {} : inPreview(objectDirectory)),
  })
  return stdout.toString().trim()
}

/** What vanishes again need not survive a power cut: git waits for no disk. */
export const inPreview = (objectDirectory: string): Pick<RunOptions, 'objectDirectory' | 'config'> => ({
  objectDirectory,
  config: [['core.fsync', 'none']],
})

/** @throws 409 that names the files */
export function getMergedTree(outcome: MergeOutcome): string {
  if (outcome.kind === 'clean') return outcome.tree
  throw conflict('conflicts', `Both sides changed ${nameFiles(outcome.files)}.`, {
    help: 'Merge the target into your branch, resolve them, and push.',
  })
}

export const nameFiles = (files: readonly string[]): string =>
  `${files.slice(0, 10).join(', ')}${files.length > 10 ? ` and ${files.length - 10} more` : ''}`

/** Does `work` with the result of a merge that is not made: its objects vanish afterwards, whatever happens. */
export async function withPreview<Result>(
  source: Source,
  { base, head }: { base: string; head: string },
  work: (preview: { outcome: MergeOutcome; objectDirectory: string }) => Promise<Result>,
): Promise<Result> {
  await using temporary = await createTemporaryObjects(source.folder)
  const objectDirectory = temporary.path
  return await work({ outcome: await mergeTrees(source, { base, head, objectDirectory }), objectDirectory })
}
