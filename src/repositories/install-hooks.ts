import { constants } from 'node:fs'
import { access, chmod, copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GitError } from './git-error.ts'

const source = (name: string): string => fileURLToPath(new URL(`./hooks/${name}`, import.meta.url))

/**
 * Puts our hooks afresh into the data folder: the executable bit of a checkout or of an unpacked package is not relied upon.
 * @throws GitError `git-hook-missing` where they cannot be executed, for example on a file system mounted `noexec`
 */
export async function installHooks(folder: string): Promise<{ hooks: string; preReceive: string }> {
  const hooks = join(folder, 'hooks')
  await rm(hooks, { recursive: true, force: true })
  await mkdir(hooks, { recursive: true, mode: 0o700 })
  // Without the second git itself refuses what it was to hand over.
  const preReceive = await install('pre-receive', hooks)
  await install('proc-receive', hooks)
  return { hooks, preReceive }
}

async function install(name: string, hooks: string): Promise<string> {
  const file = join(hooks, name)
  await copyFile(source(name), file)
  await chmod(file, 0o700)
  try {
    await access(file, constants.X_OK)
  } catch (error) {
    throw new GitError('git-hook-missing', { detail: file, cause: error })
  }
  return file
}
