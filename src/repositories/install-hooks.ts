import { constants } from 'node:fs'
import { access, chmod, copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GitError } from './git-error.ts'

const source = fileURLToPath(new URL('./hooks/pre-receive', import.meta.url))

/**
 * Puts our hooks afresh into the data folder: the executable bit of a checkout or of an unpacked package is not relied upon.
 * @throws GitError `git-hook-missing` where it cannot be executed, for example on a file system mounted `noexec`
 */
export async function installHooks(folder: string): Promise<{ hooks: string; preReceive: string }> {
  const hooks = join(folder, 'hooks')
  const preReceive = join(hooks, 'pre-receive')
  await rm(hooks, { recursive: true, force: true })
  await mkdir(hooks, { recursive: true, mode: 0o700 })
  await copyFile(source, preReceive)
  await chmod(preReceive, 0o700)
  try {
    await access(preReceive, constants.X_OK)
  } catch (error) {
    throw new GitError('git-hook-missing', { detail: preReceive, cause: error })
  }
  return { hooks, preReceive }
}
