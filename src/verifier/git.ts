import { type ChildProcess, type ExecFileException, execFile, spawn } from 'node:child_process'
import { devNull } from 'node:os'
import { CannotJudge } from './cannot-judge.ts'

const MAX_OUTPUT_BYTES = 1024 * 1024 * 1024

// What would make git look elsewhere than at the repository it is pointed at.
const REDIRECTING = [
  'GIT_DIR',
  'GIT_COMMON_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_NAMESPACE',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_REPLACE_REF_BASE',
  'GIT_SHALLOW_FILE',
  'GIT_GRAFT_FILE',
  'GIT_CEILING_DIRECTORIES',
]

/** The caller's environment for commands that reach the network, where credentials and proxies are git's own business. */
export function networkEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C', GIT_NO_REPLACE_OBJECTS: '1' }
  for (const name of REDIRECTING) delete environment[name]
  return environment
}

/** Nothing of the caller's configuration, and nothing of the repository's that could run a program or hide an object. */
function closedEnvironment(gitDirectory: string): NodeJS.ProcessEnv {
  const settings = [
    ['core.commitGraph', 'false'],
    ['core.fsmonitor', 'false'],
    ['core.hooksPath', devNull],
    ['core.quotePath', 'true'],
  ] as const
  return {
    PATH: process.env['PATH'],
    SystemRoot: process.env['SystemRoot'],
    HOME: devNull,
    LC_ALL: 'C',
    GIT_DIR: gitDirectory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(settings.map(([key], index) => [`GIT_CONFIG_KEY_${index}`, key])),
    ...Object.fromEntries(settings.map(([, value], index) => [`GIT_CONFIG_VALUE_${index}`, value])),
  }
}

export interface GitResult {
  code: number
  stdout: string
  stderr: string
}

/** Runs git in an environment of the caller's. Throws CannotJudge only where git cannot be started. */
export function runGit(
  args: readonly string[],
  options: { cwd?: string; env: NodeJS.ProcessEnv; input?: string; encoding?: 'utf8' | 'latin1' },
): Promise<GitResult> {
  const { input, ...rest } = options
  return new Promise((resolve, reject) => {
    const child = execFile('git', args, { ...rest, maxBuffer: MAX_OUTPUT_BYTES }, (error, stdout, stderr) => {
      const code = error ? exitCode(error) : 0
      if (code !== undefined) return resolve({ code, stdout, stderr })
      reject(new CannotJudge('git-failed', `git could not be run: ${error?.message ?? ''}`, { cause: error }))
    })
    // A command that ends early closes its input; its exit code says so better than EPIPE.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
  })
}

/** What git complained of, fit for one sentence. */
export function firstLine(stderr: string): string {
  return stderr.trim().split('\n')[0] ?? ''
}

function exitCode(error: ExecFileException): number | undefined {
  return typeof error.code === 'number' ? error.code : undefined
}

/** One repository, read through plumbing in the closed environment. */
export class Repository {
  readonly directory: string

  constructor(directory: string) {
    this.directory = directory
  }

  /** Runs git here whatever its exit code. */
  try(args: readonly string[], options: { input?: string; encoding?: 'utf8' | 'latin1' } = {}): Promise<GitResult> {
    return runGit(args, { cwd: this.directory, env: closedEnvironment(this.directory), ...options })
  }

  /** Standard output without its last newline. Throws CannotJudge when git fails. */
  async run(args: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.try(args, input === undefined ? {} : { input })
    if (code !== 0) throw new CannotJudge('git-failed', `git ${args[0] ?? ''} failed: ${firstLine(stderr)}`)
    return stdout.replace(/\n$/, '')
  }

  lines(args: readonly string[], input?: string): Promise<string[]> {
    return this.run(args, input).then((text) => (text === '' ? [] : text.split('\n')))
  }

  /** Standard output as it is. Throws CannotJudge when git fails. */
  async bytes(args: readonly string[], input?: string): Promise<Buffer> {
    const options = { encoding: 'latin1', ...(input !== undefined && { input }) } as const
    const { code, stdout, stderr } = await this.try(args, options)
    if (code !== 0) throw new CannotJudge('git-failed', `git ${args[0] ?? ''} failed: ${firstLine(stderr)}`)
    return Buffer.from(stdout, 'latin1')
  }

  /** A git process whose output is read while it runs; end it with kill(). */
  start(args: readonly string[]): ChildProcess {
    return spawn('git', args, {
      cwd: this.directory,
      env: closedEnvironment(this.directory),
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  }

  /** The object id that a full ref name has, if any. */
  async findRef(ref: string): Promise<string | undefined> {
    const { code, stdout } = await this.try(['rev-parse', '--verify', '--quiet', '--end-of-options', ref])
    return code === 0 ? stdout.trim() : undefined
  }
}
