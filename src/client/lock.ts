import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Longer than anybody is waited for. */
const staleMs = 15 * 60_000
/** Several may share this folder, and know nothing of each other's processes. */
const thisMachine = createHash('sha256').update(hostname()).digest('hex').slice(0, 12)

/** In the folder of each instance. */
export const lockName = 'lock'

/**
 * One process of this person at a time. A refresh token is good once, and shown twice it ends everything it was made
 * for; so two that renew at once must take turns. The lock is a folder with one file in it, named after whoever holds it:
 * a folder takes the place of an empty one alone, and what was left behind is removed by its own name, never by another's.
 */
export async function withLock<Result>(
  folder: string,
  onWait: () => void,
  work: () => Promise<Result>,
): Promise<Result> {
  const mine = `${process.pid}.${randomUUID()}.${thisMachine}`
  for (let tries = 0; !(await take(folder, mine)); tries++) {
    if (tries === 0) onWait()
    if (!(await clearLeftBehind(folder))) await wait(100)
  }
  try {
    return await work()
  } finally {
    await letGo(folder, mine)
  }
}

async function take(folder: string, mine: string): Promise<boolean> {
  const made = `${folder}.${mine}`
  // Who held it last may have taken away the folder that it stood in.
  await mkdir(made, { recursive: true, mode: 0o700 })
  try {
    await writeFile(join(made, mine), '', { mode: 0o600 })
    await rename(made, folder)
    return true
  } catch (error) {
    await rm(made, { recursive: true, force: true })
    if (isTaken(error as NodeJS.ErrnoException)) return false
    throw error
  }
}

/** Windows says EPERM, and for an empty folder too. */
const isTaken = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'ENOTEMPTY' || code === 'EEXIST' || (code === 'EPERM' && process.platform === 'win32')

async function letGo(folder: string, holder: string): Promise<void> {
  await rm(join(folder, holder), { force: true })
  await removeEmpty(folder)
}

/** Where another has taken it meanwhile, it is not empty, and stays. */
const removeEmpty = (folder: string): Promise<void> => rmdir(folder).catch(() => undefined)

/** Whether there was anything of somebody who is no more. */
async function clearLeftBehind(folder: string): Promise<boolean> {
  const [holder] = await readdir(folder).catch(() => [])
  if (holder === undefined) await removeEmpty(folder)
  if (holder === undefined || !(await isLeftBehind(folder, holder))) return false
  await letGo(folder, holder)
  return true
}

async function isLeftBehind(folder: string, holder: string): Promise<boolean> {
  const status = await stat(join(folder, holder)).catch(() => undefined)
  if (status === undefined) return false
  const [pid = '', , machine = thisMachine] = holder.split('.')
  return Date.now() - status.mtimeMs > staleMs || (machine === thisMachine && !isRunning(Number.parseInt(pid, 10)))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
