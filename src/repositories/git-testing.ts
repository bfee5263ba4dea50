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

/** These settings for one run of git: it reads them here as it would in a file, and no process has to write them. */
export const configOf = (settings: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(Object.keys(settings).length)],
    ...Object.entries(settings).flatMap(([key, value], at) => [
      [`GIT_CONFIG_KEY_${at}`, key],
      [`GIT_CONFIG_VALUE_${at}`, value],
    ]),
  ])

/** A repository of a test is gone before it could be slow: looking after it is one more process for each commit and fetch. */
export const noUpkeep = { 'maintenance.auto': 'false', 'gc.auto': '0' }

/** A user's own git, in `cwd`; rejects with `stderr` when it fails. Returns what it printed, trimmed. */
export async function stockGit(cwd: string, ...args: string[]): Promise<string> {
  const base = { PATH: process.env['PATH'], HOME: cwd, GIT_CONFIG_NOSYSTEM: '1' }
  const env = { ...base, ...personEnvironment, ...configOf(noUpkeep) }
  const { stdout } = await execute('git', args, { cwd, env, maxBuffer: 64 * 1024 ** 2 })
  return stdout.trim()
}

/** Writes one commit with these files straight into a bare repository and points `ref` at it. Returns its oid. */
export async function commitFiles(
  git: Git,
  repository: string,
  ref: string,
  files: Record<string, string>,
): Promise<string> {
  const part = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`
  const { NAME, EMAIL, DATE } = person
  const stream = [
    `commit ${ref}\nmark :1\ncommitter ${NAME} <${EMAIL}> ${DATE}\n`,
    part('files\n'),
    ...Object.entries(files).map(([name, text]) => `M 100644 inline ${name}\n${part(text)}`),
    'get-mark :1\n',
  ]
  const { stdout } = await git.run(['fast-import', '--quiet', '--force'], { repository, input: stream.join('') })
  return stdout.toString().trim()
}

/** For `assert.rejects`: a `GitError` of this code. */
export function failsWith(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof GitError, String(error))
    assert.equal(error.code, code)
    return true
  }
}
