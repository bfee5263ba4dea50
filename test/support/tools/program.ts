import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { inTime } from '../in-time.ts'

/** A tool of somebody else's, running on a free port in a folder of the test's own. */
export interface Tool extends AsyncDisposable {
  url: string
}

/** Where the system keeps a program; undefined where it is not installed. */
export const findProgram = (name: string): string | undefined =>
  ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))

/** Ends the whole group, with what the program forked, once nobody holds the other end of its input any more. */
const untilAlone = '("$@"; kill -KILL 0) & read -r _; kill -KILL 0'

/** Starts a server and waits for the words by which it says that it listens. @throws with its last words when it ends */
export async function startTool(
  program: string,
  args: readonly string[],
  given: { port: number; folder: string; env: Record<string, string>; ready: string },
): Promise<Tool> {
  const child = spawn('/bin/sh', ['-c', untilAlone, 'sh', program, ...args], {
    cwd: given.folder,
    env: { PATH: process.env['PATH'], HOME: given.folder, LANG: 'C.UTF-8', ...given.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that nobody else ends with it.
    detached: true,
  })
  child.stdin.on('error', () => {})
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const isReady = new Promise<void>((resolve, reject) => {
    let said = ''
    const hear = (part: string): void => {
      said = `${said}${part}`.slice(-8000)
      if (said.includes(given.ready)) resolve()
    }
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
    child.once('error', reject)
    child.once('close', () => reject(new Error(`${program} ended: ${said}`)))
  })
  const end = async (): Promise<void> => {
    child.stdin.end()
    await ended
  }
  try {
    await inTime(`“${given.ready}” from ${program}`, isReady)
  } catch (error) {
    await end()
    throw error
  }
  return {
    url: `http://127.0.0.1:${given.port}`,
    [Symbol.asyncDispose]: end,
  }
}
