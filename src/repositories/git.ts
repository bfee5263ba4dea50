/**
 * The way to git: the only file through which the product starts it, in a closed environment, with limits on size, time
 * and number. It knows no user, no rule and no table, and never builds a shell line.
 *
 * Callers put `--end-of-options` before revisions and `--` before paths.
 */
import { constants } from 'node:fs'
import { access, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  type CallerVariable,
  callerVariables,
  closedEnvironment,
  type GitSetting,
  moreConfiguration,
  objectDirectoryEnvironment,
} from './git-environment.ts'
import { createGitDiffs, type GitDiffs } from './git-diffs.ts'
import { GitError } from './git-error.ts'
import { defaultGitLimits, type GitLimits } from './git-limits.ts'
import { createObjectPool, type GitObjects } from './git-objects.ts'
import { createRunnerClient, type GitProcess, type Invocation } from './git-runner-client.ts'
import { createSlots } from './git-slots.ts'
import { createStreamShares, type StreamHolder } from './stream-shares.ts'
import { installHooks } from './install-hooks.ts'
import { currentHolder } from './on-behalf.ts'

export { GitError } from './git-error.ts'
export type { GitExit, GitProcess } from './git-runner-client.ts'
export type { GitObject, GitObjectHeader, GitObjects, GitObjectType } from './git-objects.ts'

export type GitOptions = {
  /** The bare repository's folder. */
  repository?: string
  env?: Partial<Record<CallerVariable, string>>
  /** A quarantine or temporary object folder: new objects go there, the repository's are seen through it. */
  objectDirectory?: string
  /** `false` hides the repository's objects, so that only those of `objectDirectory` are there. */
  seesRepository?: boolean
  /** Configuration of this invocation alone, secrets among it; only what `moreConfiguration` lets through. */
  config?: readonly GitSetting[]
  timeoutMs?: number
  signal?: AbortSignal
}
export type RunOptions = GitOptions & {
  input?: string | Uint8Array | AsyncIterable<Uint8Array>
  maxOutputBytes?: number
  /** Given the output as it comes, however much, instead of keeping it; git is ended once it says that it has enough. */
  take?: (chunk: Buffer) => 'more' | 'enough'
  /** Exit codes that are answers, not failures; `merge-tree` says 1 for a conflict. */
  ok?: readonly number[]
}
export type StreamOptions = GitOptions & {
  protocolVersion?: 0 | 1 | 2
  /** What git says on stderr comes through `stdout` as it says it, and `exited` has none: for following a long run. */
  mergeStderr?: boolean
  /** For whom it runs, where somebody outside asked for it: nobody takes more than their share. */
  holder?: StreamHolder
}
export type StreamedGit = GitProcess & {
  /** While it waits for a person it takes no place of those that streamed operations share. */
  setAside: () => Disposable
}
export type RunResult = { code: number; stdout: Buffer; stderr: string }

export type Git = {
  /**
   * One short run with its whole output, in the share of whom the work is for (`on-behalf.ts`); throws `GitError` for exit
   * codes outside `ok`, limits, timeouts and aborts.
   */
  run(args: readonly string[], options?: RunOptions): Promise<RunResult>
  /**
   * A long run with its streams; the caller reads `stdout` to its end or destroys it, and looks at `exited`.
   * `receive-pack` always gets the pre-receive hook, and so `hook`, which must be answered.
   */
  stream(args: readonly string[], options?: StreamOptions): Promise<StreamedGit>
  /**
   * A streamed operation without a process, a large file on its way: it counts like the others, and `end` is called where
   * it lasts as long as one may. @throws GitError `git-busy`
   */
  share(holder: StreamHolder, end?: () => void): Disposable
  /** Fast reads through pooled processes. */
  objects(repository: string, options?: { objectDirectory?: string }): GitObjects
  /** Two trees compared by a process that is kept. */
  compare: GitDiffs['compare']
  /** Ends the processes kept for a repository: before its folder goes away. */
  letGo(repository: string): void
  /** A 0700 folder for what one invocation alone may read: gone when disposed of, and at the next start whatever happened. */
  privateFolder(): Promise<{ path: string } & AsyncDisposable>
  /** For example `2.39.5`. */
  version(): string
  close(): Promise<void>
}

const defaultTimeoutMs = 60_000
const defaultMaxOutputBytes = 16 * 1024 ** 2
const oldestMinor = 38

/** @throws GitError `git-missing`, `git-too-old`, `git-hook-missing` */
export async function createGit({
  dataFolder,
  limits: given = {},
}: {
  dataFolder: string
  limits?: Partial<GitLimits>
}): Promise<Git> {
  const limits = { ...defaultGitLimits, ...given }
  const folder = join(dataFolder, 'git')
  const home = join(folder, 'home')
  await removeRemains(folder)
  await mkdir(home, { recursive: true, mode: 0o700 })
  const { hooks, preReceive } = await installHooks(folder)
  const environment = closedEnvironment({ home, hooks }, limits)
  const runner = await createRunnerClient({
    folder,
    environment: { ...environment, NODE_COMPILE_CACHE: join(folder, 'compile-cache') },
    memoryBytes: limits.memoryBytes,
  })
  const runSlots = createSlots(limits.runs)
  const shares = createStreamShares(limits.streams, 'long')
  let streams = 0

  function invocation(args: readonly string[], options: StreamOptions, stdin: boolean): Invocation {
    const { repository, objectDirectory, seesRepository = true, protocolVersion } = options
    return {
      args: [...args],
      cwd: repository ?? home,
      env: {
        ...checkedEnvironment(options.env),
        ...moreConfiguration(environment, options.config),
        ...(repository === undefined ? {} : { GIT_DIR: repository }),
        ...(repository === undefined || objectDirectory === undefined
          ? {}
          : objectDirectoryEnvironment(seesRepository ? repository : undefined, objectDirectory)),
        ...(protocolVersion ? { GIT_PROTOCOL: `version=${protocolVersion}` } : {}),
      },
      stdin,
      mergeStderr: options.mergeStderr ?? false,
      // Decided from the command itself: no receive-pack without the hook that checks the push.
      hook: args[0] === 'receive-pack',
    }
  }

  async function run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const {
      input,
      timeoutMs = defaultTimeoutMs,
      maxOutputBytes = defaultMaxOutputBytes,
      ok = [0],
      signal,
      take,
    } = options
    using _slot = await runSlots.take(currentHolder())
    if (signal?.aborted) throw new GitError('git-aborted')
    const git = await runner.start(invocation(args, options, input !== undefined))
    let hasEnough = false
    const takeUntil =
      take &&
      ((chunk: Buffer): void => {
        if (hasEnough || take(chunk) === 'more') return
        hasEnough = true
        git.kill()
      })
    let stopped: GitError | undefined
    const stop = (error: GitError): void => {
      stopped ??= error
      git.kill()
    }
    const onAbort = (): void => stop(new GitError('git-aborted'))
    signal?.addEventListener('abort', onAbort)
    const timer = setTimeout(() => stop(new GitError('git-timeout', { detail: args.join(' ') })), timeoutMs)
    try {
      if (input !== undefined) write(git, input, stop)
      const stdout = await collect(git, maxOutputBytes, { stop, take: takeUntil })
      const exit = await git.exited
      if (stopped !== undefined) throw stopped
      if (exit.tookMemory) throw new GitError('git-memory', { detail: args.join(' ') })
      if (hasEnough) return { code: 0, stdout, stderr: exit.stderr }
      const detail = exit.stderr
      if (exit.failure !== undefined) throw new GitError('git-failed', { detail: exit.failure })
      if (exit.code === null) throw new GitError('git-killed', { detail: `${exit.signal ?? ''} ${detail}`.trim() })
      if (!ok.includes(exit.code)) throw new GitError('git-failed', { detail, exitCode: exit.code })
      return { code: exit.code, stdout, stderr: exit.stderr }
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** Counts one operation more, and is called with every change of that. @throws GitError `git-busy` */
  function countIn(holder: StreamHolder | undefined): (change: 1 | -1) => void {
    if (streams >= limits.streams || (holder !== undefined && shares.isFull(holder))) throw new GitError('git-busy')
    const countOne = (change: 1 | -1): void => {
      streams += change
      if (holder !== undefined) shares.count(holder, change)
    }
    countOne(1)
    return countOne
  }

  function share(holder: StreamHolder, end?: () => void): Disposable {
    const countOne = countIn(holder)
    const timer = end && setTimeout(end, limits.operationMs).unref()
    return {
      [Symbol.dispose]() {
        clearTimeout(timer)
        countOne(-1)
      },
    }
  }

  async function stream(args: readonly string[], options: StreamOptions = {}): Promise<StreamedGit> {
    const { holder } = options
    if (options.signal?.aborted) throw new GitError('git-aborted')
    const countOne = countIn(holder)
    try {
      const asked = invocation(args, options, true)
      if (asked.hook) await checkHook(preReceive)
      const git = await runner.start(asked)
      const timer = setTimeout(() => git.kill(), options.timeoutMs ?? limits.operationMs)
      options.signal?.addEventListener('abort', git.kill, { once: true })
      if (options.signal?.aborted) git.kill()
      let [isCounted, isOver] = [true, false]
      const count = (counts: boolean): void => {
        if (counts !== isCounted) countOne(counts ? 1 : -1)
        isCounted = counts
      }
      void git.exited.then(() => {
        isOver = true
        count(false)
        clearTimeout(timer)
        options.signal?.removeEventListener('abort', git.kill)
      })
      const setAside = (): Disposable => {
        count(false)
        return { [Symbol.dispose]: () => count(!isOver) }
      }
      return { ...git, setAside }
    } catch (error) {
      countOne(-1)
      throw error
    }
  }

  let kept = 0
  /** What is kept for reading is counted by itself, so that no flood of fetches takes its place. */
  async function keep(args: readonly string[], options: GitOptions): Promise<GitProcess> {
    if (kept >= limits.streams) throw new GitError('git-busy')
    kept++
    try {
      const git = await runner.start(invocation(args, options, true))
      void git.exited.then(() => kept--)
      return git
    } catch (error) {
      kept--
      throw error
    }
  }

  let version: string
  try {
    version = await readVersion(run)
  } catch (error) {
    await runner.close()
    throw error
  }
  const pool = createObjectPool({ start: (options) => keep(['cat-file', '--batch-command'], options) })
  const diffs = createGitDiffs({ start: keep })
  return {
    run,
    stream,
    share,
    objects: pool.objects,
    async compare(repository, trees, maxBytes) {
      using _slot = await runSlots.take(currentHolder())
      return await diffs.compare(repository, trees, maxBytes)
    },
    letGo(repository) {
      pool.objects(repository).end()
      diffs.end(repository)
    },
    async privateFolder() {
      const path = await mkdtemp(join(folder, 'run-'))
      return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) }
    },
    version: () => version,
    async close() {
      pool.close()
      diffs.close()
      await runner.close()
    },
  }
}

async function collect(
  git: GitProcess,
  maxBytes: number,
  { stop, take }: { stop: (error: GitError) => void; take: ((chunk: Buffer) => void) | undefined },
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of git.stdout as AsyncIterable<Buffer>) {
      if (take !== undefined) {
        take(chunk)
        continue
      }
      bytes += chunk.length
      if (bytes > maxBytes) {
        stop(new GitError('git-output-too-large', { detail: `more than ${maxBytes} bytes` }))
        break
      }
      chunks.push(chunk)
    }
  } catch {
    // The stream was destroyed; `exited` or `stop` tells why.
  }
  return Buffer.concat(chunks)
}

/** Never waited for: a source that hangs must not outlive the time limit. What git made of its input, its exit says. */
function write(
  git: GitProcess,
  input: string | Uint8Array | AsyncIterable<Uint8Array>,
  stop: (error: GitError) => void,
): void {
  const source = typeof input === 'string' || input instanceof Uint8Array ? [Buffer.from(input as Uint8Array)] : input
  const readable = Readable.from(source, { objectMode: false })
  // Before git sees the end of a cut-off input and takes it for the whole.
  readable.once('error', (error) => stop(new GitError('git-aborted', { cause: error })))
  pipeline(readable, git.stdin).catch(() => {})
}

function checkedEnvironment(env: GitOptions['env'] = {}): Record<string, string> {
  for (const name of Object.keys(env)) {
    if (!callerVariables.includes(name as CallerVariable)) throw new TypeError(`${name} is not a caller's to set`)
  }
  return env
}

/** git skips a hook that it cannot execute and lets the push through: so look before every push. */
async function checkHook(preReceive: string): Promise<void> {
  try {
    await access(preReceive, constants.X_OK)
  } catch (error) {
    throw new GitError('git-hook-missing', { detail: preReceive, cause: error })
  }
}

async function readVersion(run: Git['run']): Promise<string> {
  const { stdout } = await run(['version']).catch((error: unknown) => {
    const missing = error instanceof GitError && /^(ENOENT|EACCES)$/.test(error.detail)
    throw missing ? new GitError('git-missing', { cause: error }) : error
  })
  const found = /^git version ((\d+)\.(\d+)\S*)/.exec(stdout.toString())
  const [, version, major, minor] = found ?? []
  if (version === undefined || Number(major) < 2 || (Number(major) === 2 && Number(minor) < oldestMinor)) {
    throw new GitError('git-too-old', { detail: stdout.toString().trim() })
  }
  return version
}

/** Folders of sockets and keys of a server that was killed. */
async function removeRemains(folder: string): Promise<void> {
  const entries = await readdir(folder).catch(() => [])
  for (const name of entries) {
    if (name.startsWith('run-')) await rm(join(folder, name), { recursive: true, force: true })
  }
}
