/** For tests only: a throw-away data folder with our git in it, and stock git as its users run it. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createGit, type Git, GitError } from './git.ts'
import type { GitLimits } from './git-limits.ts'
import { createRepositoryFolder, folderPath } from './storage.ts'

const execute = promisify(execFile)

export type GitFixture = AsyncDisposable & {
  git: Git
  /** The data folder. */
  folder: string
  /** Holds the repositories. */
  root: string
  createRepository(): Promise<string>
}

export async function openGit(limits: Partial<GitLimits> = {}): Promise<GitFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-git-'))
  const root = join(folder, 'repositories')
  await mkdir(root)
  const git = await createGit({ dataFolder: folder, limits })
  return {
    git,
    folder,
    root,
    createRepository: async () => folderPath(root, await createRepositoryFolder(git, root)),
    async [Symbol.asyncDispose]() {
      await git.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const person = { NAME: 'Ada', EMAIL: 'ada@example.com', DATE: '1700000000 +0000' }
const personEnvironment = Object.fromEntries(
  Object.entries(person).flatMap(([name, value]) => [
    [`GIT_AUTHOR_${name}`, value],
    [`GIT_COMMITTER_${name}`, value],
  ]),
)

/** A user's own git, in `cwd`; rejects with `stderr` when it fails. Returns what it printed, trimmed. */
export async function stockGit(cwd: string, ...args: string[]): Promise<string> {
  const environment = { PATH: process.env['PATH'], HOME: cwd, GIT_CONFIG_NOSYSTEM: '1', ...personEnvironment }
  const { stdout } = await execute('git', args, { cwd, env: environment, maxBuffer: 64 * 1024 ** 2 })
  return stdout.trim()
}

/** Writes one commit with these files straight into a bare repository and points `ref` at it. Returns its oid. */
export async function commitFiles(
  git: Git,
  repository: string,
  ref: string,
  files: Record<string, string>,
): Promise<string> {
  const entries: string[] = []
  for (const [name, text] of Object.entries(files)) {
    const blob = await git.run(['hash-object', '-w', '--stdin'], { repository, input: text })
    entries.push(`100644 blob ${blob.stdout.toString().trim()}\t${name}`)
  }
  const tree = await git.run(['mktree'], { repository, input: `${entries.join('\n')}\n` })
  const env = personEnvironment as Record<'GIT_AUTHOR_NAME', string>
  const commit = await git.run(['commit-tree', tree.stdout.toString().trim(), '-m', 'files'], { repository, env })
  const oid = commit.stdout.toString().trim()
  await git.run(['update-ref', '--end-of-options', ref, oid], { repository })
  return oid
}

/** For `assert.rejects`: a `GitError` of this code. */
export function failsWith(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof GitError, String(error))
    assert.equal(error.code, code)
    return true
  }
}
