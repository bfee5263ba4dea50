import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CommandError, withOneLine } from './say.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const below = (...parts: string[]): string => join(root, ...parts)

/** Something that is built once from sources and served as files. Throws with what the builder said. */
interface Artefact {
  name: string
  stamp: string
  sources: string[]
  make: () => Promise<void>
}

const artefacts: Artefact[] = [
  {
    name: 'the console',
    stamp: below('dist', 'console', '.built'),
    // It shows the guides.
    sources: [below('console'), below('docs'), below('vite.config.ts'), below('package-lock.json')],
    make: () => runVite(),
  },
  {
    name: 'the verifier',
    stamp: below('dist', '.verifier-built'),
    sources: [below('src', 'verifier'), below('src', 'seals', 'format'), below('src', 'protocols')],
    make: async () => (await import('./bundles.ts')).buildVerifier(below('dist', 'postern-verify.mjs')),
  },
  {
    name: 'the command line of people’s own machines',
    stamp: below('dist', '.client-built'),
    sources: [below('src', 'client'), below('src', 'protocols')],
    make: async () => (await import('./bundles.ts')).buildClient(below('dist', 'postern.mjs')),
  },
]

const help = `postern build: build now what the server would build at its first start

  The console, the verifier in one file (dist/postern-verify.mjs), and what people run on their own machines
  (dist/postern.mjs).
`

/** `postern build`: builds everything now. */
export function build(args: string[]): Promise<number> {
  return withOneLine('build', async () => {
    if (parseArgs({ args, options: { help: { type: 'boolean' } } }).values.help === true) {
      process.stdout.write(help)
      return 0
    }
    refuseUnwritable()
    for (const artefact of artefacts) if (!(await make(artefact))) return 1
    return 0
  })
}

/** @throws CommandError where something is to be built, and there is no place for it */
export function refuseUnwritable(): void {
  if (canWrite(below('dist'))) return
  const missing = artefacts.find((artefact) => !isFresh(artefact))
  if (missing === undefined) return
  throw new CommandError(
    `${below('dist')} cannot be written, and ${missing.name} has to be built there. Run npm run build once as a user who may write to it.`,
  )
}

/** Builds what is missing or older than its sources. Returns whether all of it can be served. */
export async function buildIfStale(): Promise<boolean> {
  for (const artefact of artefacts) if (!isFresh(artefact) && !(await make(artefact))) return false
  return true
}

function isFresh({ stamp, sources }: Artefact): boolean {
  if (!existsSync(stamp)) return false
  // A release without the sources is what it is.
  if (!sources.every((source) => existsSync(source))) return true
  const builtAt = statSync(stamp).mtimeMs
  return sources.every((source) => newest(source) <= builtAt)
}

function newest(path: string): number {
  const status = statSync(path)
  if (!status.isDirectory()) return status.mtimeMs
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Math.max(0, ...entries.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs))
}

async function make({ name, stamp, make: run }: Artefact): Promise<boolean> {
  const startedAt = new Date()
  const { isTTY } = process.stderr
  const show = (text: string): void => void process.stderr.write(isTTY ? `\r\x1b[K${text}` : `${text}\n`)
  const seconds = (): number => Math.round((Date.now() - startedAt.getTime()) / 1000)
  show(`Building ${name}, once…`)
  const ticking = isTTY ? setInterval(() => show(`Building ${name}, once… ${seconds()} s`), 1000) : undefined
  try {
    await run()
  } catch (error) {
    show(`Could not build ${name}. Run npm ci and try again.\n${(error as Error).message}\n`)
    return false
  } finally {
    clearInterval(ticking)
  }
  // The time it began: a source edited meanwhile makes it stale again.
  writeFileSync(stamp, '')
  utimesSync(stamp, startedAt, startedAt)
  show(`Built ${name} in ${seconds()} s.${isTTY ? '\n' : ''}`)
  return true
}

function canWrite(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function runVite(): Promise<void> {
  const vite = below('node_modules', 'vite', 'bin', 'vite.js')
  const child = spawn(process.execPath, [vite, 'build'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(Buffer.concat(output).toString().slice(-2000))),
    )
  })
}
