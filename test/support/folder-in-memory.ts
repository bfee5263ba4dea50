import { chmodSync, existsSync, mkdtempSync, readFileSync, statfsSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'

const LEAST_BYTES = 12 * 1024 ** 3
const shared = '/dev/shm'

/**
 * Where the machine has much memory, a new folder that lies in it, for all that tests write: thousands of small
 * repositories are made and gone again, which costs a disk a tenth of the whole run. None of the tests could tell whether a
 * disk lost its power. Undefined where there is too little, or where it starts no programs, as git's hooks are.
 */
export function makeFolderInMemory(): string | undefined {
  const mounts = existsSync('/proc/mounts') ? readFileSync('/proc/mounts', 'utf8').split('\n') : []
  const mount = mounts.map((line) => line.split(' ')).find(([, at, kind]) => at === shared && kind === 'tmpfs')
  const options = mount?.[3]?.split(',') ?? ['noexec']
  if (options.includes('noexec') || options.includes('ro') || freemem() < LEAST_BYTES) return undefined
  const { bavail, bsize } = statfsSync(shared)
  if (bavail * bsize < LEAST_BYTES) return undefined
  // Short: the names of sockets below it may have some hundred letters.
  const folder = mkdtempSync(join(shared, 'pt-'))
  // As any folder for what passes: the tests' PostgreSQL is another user.
  chmodSync(folder, 0o1777)
  return folder
}
