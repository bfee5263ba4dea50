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
import { readFileSync } from 'node:fs'
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
  /** It was ended because of all that ran it had the most memory, and together they had too much. */
  tookMemory: boolean
  /** Set when git could not be started at all, for example `ENOENT`. */
  failure?: string
}
type StartRequest = Extract<RunnerRequest, { type: 'start' }>

const maxStderrBytes = 64 * 1024
const graceMs = 2000
const socketPath = process.argv[2] ?? ''
const maxMemoryBytes = Number(process.argv[3])
const lookEveryMs = 500

interface Running {
  child?: ChildProcess
  killed: boolean
  tookMemory?: true
}
const running = new Map<string, Running>()
let looking: NodeJS.Timeout | undefined

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
  const entry: Running = { killed: false }
  running.set(request.id, entry)
  looking ??= setInterval(endLargest, lookEveryMs).unref()
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

function finish(report: Omit<RunnerReport, 'type' | 'killed' | 'tookMemory'>): void {
  const { killed = false, tookMemory = false } = running.get(report.id) ?? {}
  running.delete(report.id)
  if (running.size === 0) {
    clearInterval(looking)
    looking = undefined
  }
  // The server may be gone between the question and the word to it: then nobody waits for the report.
  if (process.connected)
    process.send?.({ type: 'exit', killed, tookMemory, ...report } satisfies RunnerReport, ignoreGone)
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

/**
 * A few kilobytes of a push can name a tree of thousands of millions of files, and many other things that git takes into
 * memory as a whole: nothing else bounds that, and the machine would end whatever it likes.
 */
function endLargest(): void {
  let [all, most] = [0, 0]
  let largest: string | undefined
  for (const [id, { child, killed, tookMemory }] of running) {
    // What it had is free in a moment.
    if (tookMemory) return
    const bytes = child?.pid === undefined ? 0 : memoryOf(child.pid)
    all += bytes
    if (killed || bytes <= most) continue
    most = bytes
    largest = id
  }
  const entry = all > maxMemoryBytes && largest !== undefined ? running.get(largest) : undefined
  if (entry === undefined || largest === undefined) return
  entry.tookMemory = true
  kill(largest)
}

/** Of a process and what it started: what is its own, not the packs that it looks into. Nothing where there is no `/proc`. */
function memoryOf(pid: number): number {
  const [, kilobytes = 0] = /^RssAnon:\s+(\d+) kB$/m.exec(readProcess(pid, 'status')) ?? []
  const children = readProcess(pid, `task/${pid}/children`).split(' ').filter(Boolean)
  return children.reduce((sum, child) => sum + memoryOf(Number(child)), Number(kilobytes) * 1024)
}

function readProcess(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1')
  } catch {
    // It has ended meanwhile.
    return ''
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
