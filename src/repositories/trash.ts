import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'

const trashFolder = (root: string): string => join(root, 'trash')

/** Takes a repository's folder away in one step, then removes it: a crash in between leaves it in the trash only. */
export async function throwAway(root: string, folder: string): Promise<void> {
  const trash = trashFolder(root)
  await mkdir(trash, { recursive: true, mode: 0o700 })
  const thrown = join(trash, basename(folder))
  await rename(folder, thrown)
  await rm(thrown, { recursive: true, force: true, maxRetries: 3 })
}

/** What a crash left behind; call it at start. */
export const emptyTrash = (root: string): Promise<void> => rm(trashFolder(root), { recursive: true, force: true })
