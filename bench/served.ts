import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface Served extends AsyncDisposable {
  pid: number
  origin: string
  dataFolder: string
  /** From the start of the process to the first 200 of /readyz. */
  readyAfterMs: number
  /** The link printed at the first start on a data folder; never resolves at a later one. */
  setupLink: Promise<string>
  stop(): Promise<void>
}

export interface ServeOptions {
  dataFolder: string
  /** A free one if not given. */
  port?: number
  nodeFlags?: string[]
  /** Further flags of the server. */
  flags?: string[]
}

const main = fileURLToPath(new URL('../bin/postern.js', import.meta.url))
const pollMs = 5
const patienceMs = 120_000

/** Starts the real server as a process of its own and waits until it is ready. */
export async function serve({ dataFolder, port, nodeFlags = [], flags: further = [] }: ServeOptions): Promise<Served> {
  const origin = `http://localhost:${port ?? (await freePort())}`
  const flags = [
    '--port',
    new URL(origin).port,
    '--data',
    dataFolder,
    '--ssh-port',
    'off',
    '--log-level',
    'error',
    ...further,
  ]
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...nodeFlags, main, 'serve', ...flags], {
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const setupLink = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const link = /https?:\S+\/-\/setup#\S+/.exec(line)?.[0]
      if (link !== undefined) resolve(link)
    })
  })
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  while (!(await isReady(origin))) {
    if (child.exitCode !== null || performance.now() - startedAt > patienceMs)
      throw new Error('the server did not start')
    await wait(pollMs)
  }
  const readyAfterMs = performance.now() - startedAt
  return { pid: child.pid ?? 0, origin, dataFolder, readyAfterMs, setupLink, stop, [Symbol.asyncDispose]: stop }
}

const isReady = (origin: string): Promise<boolean> =>
  fetch(`${origin}/readyz`).then(
    (response) => response.ok,
    () => false,
  )

/** The settings of whoever runs the bench are not those of the server it measures. */
const plainEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('POSTERN_')))

/** A folder that is removed at the end; `root` decides on which file system it lies. */
export async function throwAwayFolder(root: string): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(root, 'postern-bench-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
