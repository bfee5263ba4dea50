import { open, readFile, rm, stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'

/** Longer than anybody is waited for. */
const staleMs = 15 * 60_000

/**
 * One process of this person at a time. A refresh token is good once, and shown twice it ends everything it was made
 * for; so two that renew at once must take turns.
 */
export async function withLock<Result>(file: string, onWait: () => void, work: () => Promise<Result>): Promise<Result> {
  for (let tries = 0; !(await take(file)); tries++) {
    if (tries === 0) onWait()
    if (await isLeftBehind(file)) await rm(file, { force: true })
    else await wait(100)
  }
  try {
    return await work()
  } finally {
    await rm(file, { force: true })
  }
}

async function take(file: string): Promise<boolean> {
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
    return undefined
  })
  await handle?.writeFile(String(process.pid))
  await handle?.close()
  return handle !== undefined
}

async function isLeftBehind(file: string): Promise<boolean> {
  const [text, status] = await Promise.all([readFile(file, 'utf8').catch(() => ''), stat(file).catch(() => undefined)])
  if (status === undefined) return false
  if (Date.now() - status.mtimeMs > staleMs) return true
  return /^\d+$/.test(text) && !isRunning(Number(text))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
