/**
 * The runner: a small forked process, the only one that spawns `git`. It never reads a repository, a database or a pack.
 *
 * The transport: the server listens on a unix socket in a 0700 folder. For every stream of an invocation the runner
 * connects there, writes the invocation's random id, and gives the connected socket itself to git as stdin or stdout:
 * pack bytes flow between git and the server without a copy here. (The runner connects and the server accepts, because
 * then nobody can read a byte too much on the way: the id travels towards the side that parses.)
 * Descriptor 3, the hook's, is a real pipe that is relayed: libuv makes only 0 to 2 blocking in the child, and sh cannot
 * read a non-blocking descriptor. Stderr is kept up to a cap and reported with the exit.
 *
 * Only node built-ins are imported: the cost of a spawn grows with the memory of the process that does it.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export type RunnerRequest =
  | {
      type: 'start'
      id: string
      args: string[]
      cwd: string
      env: Record<string, string>
      stdin: boolean
      /** Stderr goes where stdout goes, as it comes. */
      mergeStderr: boolean
      hook: boolean
    }
  | { type: 'kill'; id: string }
export type RunnerReport = {
  type: 'exit'
  id: string
  code: number | null
  signal: string | null
  stderr: string
  /** The server asked for the end; git may still have said 0, because its streams ended first. */
  killed: boolean
  /** Set when git could not be started at all, for example `ENOENT`. */
  failure?: string
}
type StartRequest = Extract<RunnerRequest, { type: 'start' }>

const maxStderrBytes = 64 * 1024
const graceMs = 2000
const socketPath = process.argv[2] ?? ''
const running = new Map<string, { child?: ChildProcess; killed: boolean }>()

// Node's own settings are for the runner, not for git.
delete process.env['NODE_COMPILE_CACHE']

process.on('message', (request: RunnerRequest) => {
  if (request.type === 'start') void start(request)
  else kill(request.id)
})
// Ctrl-C in a terminal reaches the whole group; the server decides when its operations end.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('SIGHUP', () => {})
process.on('disconnect', endEverything)

async function start(request: StartRequest): Promise<void> {
  const entry: { child?: ChildProcess; killed: boolean } = { killed: false }
  running.set(request.id, entry)
  const opened: Socket[] = []
  try {
    const wanted = [...(request.stdin ? ['0'] : []), '1', ...(request.hook ? ['3'] : [])]
    const sockets = await Promise.all(wanted.map((stream) => open(request.id, stream, opened)))
    if (entry.killed) throw new Error('ECANCELED')
    const hook = request.hook ? sockets.pop() : undefined
    const output = sockets.pop()
    if (output === undefined) throw new Error('ENOTCONN')
    const child = spawn('git', request.args, {
      cwd: request.cwd,
      env: { ...process.env, ...request.env },
      stdio: [
        sockets[0] ?? 'ignore',
        output,
        request.mergeStderr ? output : 'pipe',
        hook === undefined ? 'ignore' : 'pipe',
      ],
      // A group of its own, so that git's children end with it.
      detached: true,
    })
    entry.child = child
    if (hook !== undefined) relay(child.stdio[3] as Duplex, hook)
    watch(request.id, child)
    // git holds its own copies now; ours would keep the streams open after its end.
    for (const socket of opened) if (socket !== hook) socket.destroy()
  } catch (error) {
    for (const socket of opened) socket.destroy()
    finish({ id: request.id, code: null, signal: null, stderr: '', failure: describe(error) })
  }
}

async function open(id: string, stream: string, opened: Socket[]): Promise<Socket> {
  const socket = connect({ path: socketPath, allowHalfOpen: true })
  opened.push(socket)
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  socket.on('error', reject)
  socket.write(id + stream, (error) => (error ? reject(error) : resolve(socket)))
  return promise
}

function relay(pipe: Duplex, socket: Socket): void {
  pipe.on('error', () => socket.destroy())
  socket.on('error', () => pipe.destroy())
  pipe.on('close', () => socket.destroySoon())
  socket.on('close', () => pipe.destroy())
  pipe.pipe(socket)
  socket.pipe(pipe)
}

function watch(id: string, child: ChildProcess): void {
  const kept: Buffer[] = []
  let keptBytes = 0
  let failure: string | undefined
  child.stderr?.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, maxStderrBytes - keptBytes)
    keptBytes += part.length
    if (part.length > 0) kept.push(part)
  })
  child.on('error', (error) => (failure = describe(error)))
  // What git leaves behind (a hook that still waits) has nobody to report to.
  child.on('exit', () => signalGroup(child, 'SIGKILL'))
  child.on('close', (code, signal) => {
    const stderr = Buffer.concat(kept).toString()
    finish({
      id,
      code: failure === undefined ? code : null,
      signal,
      stderr,
      ...(failure === undefined ? {} : { failure }),
    })
  })
}

function finish(report: Omit<RunnerReport, 'type' | 'killed'>): void {
  const killed = running.get(report.id)?.killed ?? false
  running.delete(report.id)
  // The server may be gone between the question and the word to it: then nobody waits for the report.
  if (process.connected) process.send?.({ type: 'exit', killed, ...report } satisfies RunnerReport, ignoreGone)
  else if (running.size === 0) process.exit(0)
}

const ignoreGone = (): void => {}

/** SIGTERM first: git then takes its lock files away. */
function kill(id: string): void {
  const entry = running.get(id)
  if (entry === undefined || entry.killed) return
  entry.killed = true
  const { child } = entry
  if (child === undefined) return
  signalGroup(child, 'SIGTERM')
  setTimeout(() => running.has(id) && signalGroup(child, 'SIGKILL'), graceMs).unref()
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The group is empty already.
  }
}

/** The server is gone, by kill -9 too: nothing of it may live on. */
function endEverything(): void {
  if (running.size === 0) process.exit(0)
  for (const id of running.keys()) kill(id)
  setTimeout(() => {
    for (const { child } of running.values()) if (child !== undefined) signalGroup(child, 'SIGKILL')
    process.exit(0)
  }, graceMs + 500)
}

function describe(error: unknown): string {
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error)
}
