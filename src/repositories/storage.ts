/** Where repositories lie on disk: opaque folder names, made here and nowhere else. Knows no project, name or user. */
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Git } from './git.ts'

const folderPattern = /^[0-9a-f]{32}$/

export class StorageError extends Error {
  readonly code = 'folder-name-refused'
}

/**
 * Where the repository with this opaque name lies: `root/ab/cd/abcd….git`.
 * @throws StorageError for anything but 32 lower-case hexadecimal digits
 */
export function folderPath(root: string, folder: string): string {
  if (!folderPattern.test(folder)) throw new StorageError('This is not a repository folder.')
  return join(root, folder.slice(0, 2), folder.slice(2, 4), `${folder}.git`)
}

/** An empty bare repository: SHA-1, files backend, branch `main`, no sample hooks. Returns its opaque name, once durable. */
export async function createRepositoryFolder(git: Git, root: string): Promise<string> {
  const folder = randomBytes(16).toString('hex')
  const path = folderPath(root, folder)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await git.run(['init', '--quiet', '--bare', '--object-format=sha1', '--initial-branch=main', '--', path])
  const made = ['HEAD', 'config', 'objects', 'refs', '.', '..', '../..', '../../..']
  for (const name of made) await synchronise(join(path, name))
  return folder
}

export async function removeRepositoryFolder(root: string, folder: string): Promise<void> {
  await rm(folderPath(root, folder), { recursive: true, force: true })
}

/**
 * An object folder for objects that may never be kept, such as the preview of a merge; pass `path` as `objectDirectory`.
 * Named like git's own, so that `git prune` and the sweep take away what a kill left behind.
 */
export async function createTemporaryObjects(repository: string): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(repository, 'objects', 'tmp_objdir-preview-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

async function synchronise(path: string): Promise<void> {
  await using handle = await open(path)
  await handle.sync()
}
