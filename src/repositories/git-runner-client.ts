/** The server's side of the runner: forks it, accepts its sockets, starts it again when it died. Knows nothing of git's commands. */
import { fork, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex, Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { GitError } from './git-error.ts'
import type { RunnerReport, RunnerRequest } from './git-runner.ts'

export type Invocation = {
  args: string[]
  cwd: string
  env: Record<string, string>
  /** Whether git gets a stdin at all; without it, it reads end of file. */
  stdin: boolean
  /** Whether stderr goes where stdout goes. */
  mergeStderr: boolean
  /** Whether descriptor 3 is opened for the pre-receive hook. */
  hook: boolean
}
export type GitExit = Omit<RunnerReport, 'type' | 'id'>
export type GitProcess = {
  /** Closes early when git no longer reads; that alone is no failure, `exited` says what happened. */
  stdin: Writable
  /** Destroying it before its end kills git. */
  stdout: Readable
  hook: Duplex | undefined
  /** Never rejects. */
  exited: Promise<GitExit>
  kill: () => void
}
export type RunnerClient = {
  start(invocation: Invocation): Promise<GitProcess>
  readonly pid: number | undefined
  close(): Promise<void>
}

type Pending = {
  wanted: Set<string>
  sockets: Map<string, Socket>
  attached: PromiseWithResolvers<void>
  exit: PromiseWithResolvers<GitExit>
}

const idLength = 32
const headerLength = idLength + 1
const headerTimeoutMs = 5000
// The least `sun_path` among the systems we run on (macOS) is 104 bytes.
const maxSocketPathBytes = 100
const runnerFile = fileURLToPath(new URL('./git-runner.ts', import.meta.url))

export async function createRunnerClient({
  folder,
  environment,
  memoryBytes,
}: {
  folder: string
  environment: Record<string, string>
  memoryBytes: number
}): Promise<RunnerClient> {
  const socketFolder = await createSocketFolder(folder)
  const socketPath = join(socketFolder, 'runner.sock')
  const pending = new Map<string, Pending>()
  const sockets = new Set<Socket>()
  let runner: ChildProcess | undefined
  let closed = false

  const server = createServer({ pauseOnConnect: true }, accept)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  await chmod(socketPath, 0o600)
  // The listening socket alone must not keep a finished command alive.
  server.unref()

  /** A connection counts only after it has shown the id of an invocation that waits for exactly this stream. */
  function accept(socket: Socket): void {
    sockets.add(socket)
    // Whoever uses the stream hears of errors through `close`; an early EPIPE must not end the server.
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    const timer = setTimeout(() => socket.destroy(), headerTimeoutMs)
    const read = (): void => {
      const header = socket.read(headerLength) as Buffer | null
      if (header === null) return
      socket.off('readable', read)
      clearTimeout(timer)
      const id = header.toString('latin1', 0, idLength)
      const stream = header.toString('latin1', idLength)
      const entry = pending.get(id)
      if (entry === undefined || !entry.wanted.delete(stream)) return void socket.destroy()
      entry.sockets.set(stream, socket)
      if (entry.wanted.size === 0) entry.attached.resolve()
    }
    socket.on('readable', read)
    socket.once('close', () => clearTimeout(timer))
  }

  function ensureRunner(): ChildProcess {
    if (runner !== undefined) return runner
    const started = fork(runnerFile, [socketPath, String(memoryBytes)], {
      env: environment,
      // Bounded memory keeps every spawn cheap.
      execArgv: ['--max-old-space-size=64', '--max-semi-space-size=1'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    started.on('message', ({ type: _type, id, ...exit }: RunnerReport) => settle(id, exit))
    const lost = (): void => {
      if (runner !== started) return
      runner = undefined
      for (const id of pending.keys())
        settle(id, { code: null, signal: null, stderr: '', killed: true, tookMemory: false, failure: 'runner lost' })
    }
    started.once('error', lost)
    started.once('exit', lost)
    runner = started
    return started
  }

  /** The exit may overtake connections that wait to be accepted: they hold the output, so the invocation waits for them. */
  function settle(id: string, exit: GitExit): void {
    const entry = pending.get(id)
    if (entry === undefined) return
    entry.exit.resolve(exit)
    entry.sockets.get('0')?.destroy()
    if (entry.wanted.size > 0 && exit.failure === undefined) return
    pending.delete(id)
    if (pending.size === 0 && runner !== undefined) hold(runner, false)
    if (entry.wanted.size === 0) return
    for (const socket of entry.sockets.values()) socket.destroy()
    entry.attached.reject(new GitError('git-failed', { detail: exit.failure ?? '' }))
  }

  async function start(invocation: Invocation): Promise<GitProcess> {
    if (closed) throw new GitError('git-closed')
    const child = ensureRunner()
    const id = randomBytes(idLength / 2).toString('hex')
    const entry: Pending = {
      wanted: new Set([...(invocation.stdin ? ['0'] : []), '1', ...(invocation.hook ? ['3'] : [])]),
      sockets: new Map(),
      attached: Promise.withResolvers(),
      exit: Promise.withResolvers(),
    }
    pending.set(id, entry)
    hold(child, true)
    send(child, { type: 'start', id, ...invocation })
    await entry.attached.promise
    void entry.exit.promise.then((exit) => settle(id, exit))
    return attach(id, entry, () => send(child, { type: 'kill', id }))
  }

  function attach(id: string, entry: Pending, sendKill: () => void): GitProcess {
    const stdout = entry.sockets.get('1')
    if (stdout === undefined) throw new GitError('git-killed', { detail: 'no output stream' })
    // Without a stdin of its own, writing goes nowhere: the output socket's other direction is closed.
    const stdin = entry.sockets.get('0') ?? stdout.end()
    const hook = entry.sockets.get('3')
    // Flowing, so that the end of git is seen while nothing is written.
    if (stdin !== stdout) stdin.resume()
    const kill = (): void => {
      if (pending.has(id)) sendKill()
      for (const socket of entry.sockets.values()) socket.destroy()
    }
    stdout.once('close', () => !stdout.readableEnded && kill())
    return { stdin, stdout, hook, exited: entry.exit.promise, kill }
  }

  /** An idle runner must not keep a finished command alive; a busy one must. */
  function hold(child: ChildProcess, busy: boolean): void {
    for (const handle of [child, child.channel]) {
      if (busy) handle?.ref()
      else handle?.unref()
    }
  }

  function send(child: ChildProcess, request: RunnerRequest): void {
    // A channel that broke in this moment is told by the runner's `exit`.
    if (child.connected) child.send(request, () => {})
  }

  async function close(): Promise<void> {
    closed = true
    const exited =
      runner === undefined ? undefined : new Promise<void>((resolve) => runner?.once('exit', () => resolve()))
    runner?.ref()
    if (runner?.connected) runner.disconnect()
    await exited
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
    await rm(socketFolder, { recursive: true, force: true })
  }

  return {
    start,
    close,
    get pid() {
      return runner?.pid
    },
  }
}

/** A fresh 0700 folder with an unguessable name; in the system's temporary folder where the path would be too long. */
async function createSocketFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const fits = Buffer.byteLength(join(folder, 'run-XXXXXX', 'runner.sock')) <= maxSocketPathBytes
  return mkdtemp(fits ? join(folder, 'run-') : join(tmpdir(), 'postern-run-'))
}
