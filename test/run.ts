import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
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
    flags: [
      '--test-global-setup=test/support/share-postgres.ts',
      // Each waits for disks, browsers and other processes more than it works: one more than there are cores.
      `--test-concurrency=${cores + 1}`,
    ],
    processes: 1,
  },
]

// Once, before the tests that serve pages: several at a time would build over each other.
if (!(await buildIfStale())) process.exit(1)

// Every file loads the whole server anew: what was compiled once is read again.
const cache = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled') }

const reporter =
  process.env['CI'] === undefined
    ? []
    : [
        '--test-reporter=dot',
        '--test-reporter-destination=stderr',
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
      ]

/** @returns whether all of them passed */
async function runTests(files: readonly string[], flags: readonly string[]): Promise<boolean> {
  const args = ['--test', '--test-timeout=300000', ...reporter, ...flags, ...files]
  const tests = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...cache } })
  const [status] = await once(tests, 'exit')
  return status === 0
}

for (const { name, files, flags, processes } of runs) {
  if (files.length === 0) continue
  process.stdout.write(`\n${name}: ${files.length} files\n`)
  const shares = Array.from({ length: Math.min(processes, files.length) }, (_, at) =>
    files.filter((_file, index) => index % processes === at),
  )
  const passed = await Promise.all(shares.map((share) => runTests(share, flags)))
  if (!passed.every(Boolean)) process.exitCode = 1
}
