import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildIfStale } from '../src/commands/build.ts'

/**
 * `npm test`: everything. Unit tests share one process for each core (20 times faster); tests that start servers,
 * databases and browsers get a process each. Arguments choose files by a part of their name.
 */
const root = join(import.meta.dirname, '..')
const wanted = process.argv.slice(2)
const find = (pattern: string): string[] =>
  globSync(pattern, { cwd: root })
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort()

const cores = Math.max(2, availableParallelism())
// Each process reads the whole server: with room for what that leaves, it collects a tenth less.
const ofServers = [
  '--import=./test/support/end-hung.ts',
  '--test-global-setup=test/support/share-postgres.ts',
  '--min-semi-space-size=16',
]
const runs = [
  {
    name: 'unit',
    files: find('src/**/*.test.ts').concat(find('console/**/*.test.ts')),
    flags: ['--import=./test/support/steady-seed.ts', '--test-isolation=none'],
    processes: cores,
  },
  {
    name: 'system',
    files: find('test/**/*.test.ts'),
    // Each waits for disks, browsers and other processes more than it works: one more than there are cores.
    flags: [...ofServers, `--test-concurrency=${cores + 1}`],
    processes: 1,
    aloneFlags: [...ofServers, '--test-concurrency=1'],
  },
]

// Once, before the tests that serve pages: several at a time would build over each other.
if (!(await buildIfStale())) process.exit(1)

// Every file loads the whole server anew: what was compiled once is read again.
const cache = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled') }

const isCi = process.env['CI'] !== undefined
const reportTo = (reporter: string, destination: string): string[] => [
  `--test-reporter=${reporter}`,
  `--test-reporter-destination=${destination}`,
]

const scratch = mkdtempSync(join(tmpdir(), 'postern-tests-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
let runsSoFar = 0

/** @returns the files in which something failed */
async function runTests(files: readonly string[], flags: readonly string[]): Promise<string[]> {
  const list = join(scratch, `failed-${runsSoFar++}`)
  const reporters = [...reportTo('spec', 'stdout'), ...reportTo('./test/support/list-failed.ts', list)]
  const args = ['--test', '--test-timeout=300000', ...reporters, ...flags, ...files]
  const tests = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...cache } })
  const [status] = await once(tests, 'exit')
  if (status === 0) return []
  const failed = new Set(readFileSync(list, 'utf8').split('\n'))
  const known = files.filter((file) => failed.has(join(root, file)))
  // Where no file is to blame, the runner or its set-up failed, and with it every file.
  return known.length > 0 ? known : [...files]
}

/** More than these that fail at once are no bad luck. */
const MOST_RETRIED = 3

/**
 * In CI, files that failed beside others on a busy machine run once more, one at a time: real browsers and servers wait
 * for each other, and one lost race among thousands of tests should not turn a change away. Which files needed it is
 * said, as a race is a fault all the same.
 */
async function passesAlone(failed: readonly string[], flags: readonly string[]): Promise<boolean> {
  if (!isCi || failed.length > MOST_RETRIED) return false
  process.stdout.write(`\nonce more, alone: ${failed.join(', ')}\n`)
  if ((await runTests(failed, flags)).length > 0) return false
  process.stdout.write(`unsteady, passed alone: ${failed.join(', ')}\n`)
  return true
}

for (const { name, files, flags, processes, aloneFlags } of runs) {
  if (files.length === 0) continue
  process.stdout.write(`\n${name}: ${files.length} files\n`)
  const shares = Array.from({ length: Math.min(processes, files.length) }, (_, at) =>
    files.filter((_file, index) => index % processes === at),
  )
  const failed = (await Promise.all(shares.map((share) => runTests(share, flags)))).flat()
  if (failed.length === 0) continue
  if (aloneFlags === undefined || !(await passesAlone(failed, aloneFlags))) process.exitCode = 1
}
