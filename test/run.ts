import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildIfStale } from '../src/commands/build.ts'
import { makeFolderInMemory } from './support/folder-in-memory.ts'

/**
 * `npm test`: everything. Unit tests share a process by the dozen (20 times faster); of those that start servers,
 * databases and browsers a few that are neighbours by name share a process, one after the other, as reading the whole
 * server and getting quick at it costs more than most of them. Arguments choose files by a part of their name.
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
// Each waits for disks, browsers and other processes more than it works: one more than there are cores.
const processes = cores + 1

// Once, before the tests that serve pages: several at a time would build over each other.
if (!(await buildIfStale())) process.exit(1)

// Each process loads the whole server anew: what was compiled once is read again.
const cache = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled') }

const isCi = process.env['CI'] !== undefined
const reportTo = (reporter: string, destination: string): string[] => [
  `--test-reporter=${reporter}`,
  `--test-reporter-destination=${destination}`,
]

const inMemory = makeFolderInMemory()
const place = inMemory === undefined ? {} : { TMPDIR: inMemory }
const scratch = inMemory ?? mkdtempSync(join(tmpdir(), 'postern-tests-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
const running = new Set<ChildProcess>()
// What ends the run early still leaves nothing behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    const end = async (tests: ChildProcess): Promise<void> => {
      tests.kill(signal)
      await once(tests, 'exit')
    }
    await Promise.all([...running].map(end))
    process.exit(1)
  })

let written = 0
// Run in the order of their names.
const newFile = (name: string): string => join(scratch, `${String(written++).padStart(4, '0')}-${name}`)

/** What went wrong, said once more at the very end: what stands thousands of lines above is not found, or not kept. */
const faults: string[] = []

async function runNode(args: readonly string[]): Promise<boolean> {
  const tests = spawn(process.execPath, ['--test', '--test-timeout=300000', ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...cache, ...place },
  })
  running.add(tests)
  const [code] = await once(tests, 'exit')
  running.delete(tests)
  return code === 0
}

/** There also where its process ends before it writes. */
function newList(): string {
  const list = newFile('ended')
  writeFileSync(list, '')
  return list
}
const reportEnded = (list: string): string[] => [
  ...reportTo('spec', 'stdout'),
  ...reportTo('./test/support/list-ended.ts', list),
]
const readEnded = (list: string): ReadonlySet<string> => new Set(readFileSync(list, 'utf8').split('\n'))

/**
 * More than these that share a process leave it large, and to start git from it takes longer the larger it is: each time
 * the tables of its memory are copied.
 */
const MOST_UNITS = 50

async function unitsPass(files: readonly string[]): Promise<boolean> {
  const many = Math.ceil(files.length / MOST_UNITS)
  const shares = Array.from({ length: many }, (_, at) => files.filter((_file, index) => index % many === at))
  const flags = ['--import=./test/support/steady-seed.ts', '--test-isolation=none']
  const run = async (share: readonly string[]): Promise<boolean> => {
    const list = newList()
    const isWell = await runNode([...flags, ...reportEnded(list), ...share])
    const ended = readEnded(list)
    const failed = [...ended].filter((line) => line.startsWith('failed '))
    faults.push(...failed)
    // What ends its process, be it without a fault, ends the tests that were still to come.
    if (!ended.has('over')) faults.push('something ended the process of the unit tests before they were over')
    else if (!isWell && failed.length === 0) faults.push('every unit test passed, and their process failed')
    return isWell && ended.has('over')
  }
  const results: boolean[] = []
  const runNext = async (): Promise<void> => {
    for (let share = shares.shift(); share !== undefined; share = shares.shift()) results.push(await run(share))
  }
  await Promise.all(Array.from({ length: cores }, runNext))
  return !results.includes(false)
}

/** More than these that share a process keep the others waiting at the end of a run. */
const MOST_TOGETHER = 6

/**
 * What shares a process: neighbours by name in one folder. A file that would disturb its neighbours, or be disturbed,
 * has a line `// own-process: ` with its reason.
 */
function groupsOf(files: readonly string[]): string[][] {
  const isAlone = (file: string): boolean => /^\/\/ own-process: /m.test(readFileSync(join(root, file), 'utf8'))
  const size = Math.min(MOST_TOGETHER, Math.ceil(files.length / processes))
  const [alone, others] = [files.filter(isAlone), files.filter((file) => !isAlone(file))]
  const groups = Object.values(Object.groupBy(others, (file) => dirname(file))).flatMap((folder = []) => {
    const many = Math.ceil(folder.length / size)
    return Array.from({ length: many }, (_, at) =>
      folder.slice(Math.floor((at * folder.length) / many), Math.floor(((at + 1) * folder.length) / many)),
    )
  })
  // Browsers take longest: what begins with them has something short to end with.
  const isBrowser = ([file = '']: string[]): number => Number(file.startsWith('test/browser/'))
  return [...groups, ...alone.map((file) => [file])].sort((one, other) => isBrowser(other) - isBrowser(one))
}

interface Outcome {
  /** Files of which nothing says that they passed. */
  failed: string[]
  /** How many failures that is: a process that ends too early, or never, is one, whatever it held. */
  causes: number
}

async function runGroups(groups: readonly string[][], atOnce: number): Promise<Outcome> {
  const entries = groups.map((files) => {
    const entry = newFile('group.mjs')
    const together = pathToFileURL(join(root, 'test/support/file-by-file.ts')).href
    const call = `runFileByFile(${JSON.stringify(files)})`
    writeFileSync(entry, `import { runFileByFile } from ${JSON.stringify(together)}\n${call}\n`)
    return { entry, files }
  })
  const list = newList()
  const flags = [...ofServers, `--test-concurrency=${atOnce}`, ...reportEnded(list)]
  const isWell = await runNode([...flags, ...entries.map(({ entry }) => entry)])
  const ended = readEnded(list)
  for (const file of groups.flat()) if (ended.has(`empty ${file}`)) faults.push(`nothing is tested in ${file}`)
  const outcomes = entries.map(({ entry, files }) => {
    const failed = files.filter((file) => !ended.has(`passed ${file}`))
    // A process that fails beside its files may have been ended by any of them.
    const isProcess = ended.has(`failed ${entry}`) || failed.some((file) => !ended.has(`failed ${file}`))
    return isProcess ? { failed: files, causes: 1 } : { failed, causes: failed.length }
  })
  const failed = outcomes.flatMap((outcome) => outcome.failed)
  // Where no file is to blame, the runner or its set-up failed, and with it every file.
  if (failed.length === 0 && !isWell) {
    faults.push('every file passed, and the runner or its set-up failed')
    return { failed: groups.flat(), causes: Infinity }
  }
  return { failed, causes: outcomes.reduce((sum, { causes }) => sum + causes, 0) }
}

/** More than these that fail at once are no bad luck. */
const MOST_RETRIED = 3

/**
 * In CI, files that failed beside others on a busy machine run once more, each in a process of its own and one at a time:
 * real browsers and servers wait for each other, and one lost race among thousands of tests should not turn a change
 * away. Which files needed it is said, as a race is a fault all the same.
 */
async function systemPasses(files: readonly string[]): Promise<boolean> {
  const { failed, causes } = await runGroups(groupsOf(files), processes)
  if (failed.length === 0) return true
  if (!isCi || causes > MOST_RETRIED) return isFailed(failed)
  process.stdout.write(`\nonce more, alone: ${failed.join(', ')}\n`)
  const again = await runGroups(
    failed.map((file) => [file]),
    1,
  )
  if (again.failed.length > 0) return isFailed(again.failed)
  process.stdout.write(`unsteady, passed alone: ${failed.join(', ')}\n`)
  return true
}

function isFailed(files: readonly string[]): false {
  faults.push(...files.map((file) => `failed ${file}`))
  return false
}

const kinds = [
  { name: 'unit', files: find('src/**/*.test.ts').concat(find('console/**/*.test.ts')), pass: unitsPass },
  { name: 'system', files: find('test/**/*.test.ts'), pass: systemPasses },
]
for (const part of wanted)
  if (!kinds.some(({ files }) => files.some((file) => file.includes(part)))) {
    process.stdout.write(`no test file has ${part} in its name\n`)
    process.exitCode = 1
  }
for (const { name, files, pass } of kinds) {
  if (files.length === 0) continue
  process.stdout.write(`\n${name}: ${files.length} files\n`)
  if (!(await pass(files))) process.exitCode = 1
}
if (faults.length > 0) {
  process.stdout.write(`\n${faults.join('\n')}\n`)
  process.exitCode = 1
}
