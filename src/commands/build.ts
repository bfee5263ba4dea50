import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const stamp = join(root, 'dist', 'console', '.built')

/** `postern build`: builds the console now. */
export async function build(): Promise<number> {
  return (await buildConsole()) ? 0 : 1
}

/** Builds the console where it is missing or older than its sources. Returns whether it can be served. */
export async function buildConsoleIfStale(): Promise<boolean> {
  return isFresh() || buildConsole()
}

function isFresh(): boolean {
  if (!existsSync(stamp)) return false
  // A release without the sources is what it is.
  if (!existsSync(join(root, 'console'))) return true
  const builtAt = statSync(stamp).mtimeMs
  const sources = [...filesBelow(join(root, 'console')), join(root, 'vite.config.ts'), join(root, 'package-lock.json')]
  return sources.every((file) => statSync(file).mtimeMs <= builtAt)
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

async function buildConsole(): Promise<boolean> {
  const startedAt = new Date()
  const show = (text: string): void => void process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`)
  show('Building the console, once…')
  const seconds = (): number => Math.round((Date.now() - startedAt.getTime()) / 1000)
  const ticking = process.stderr.isTTY ? setInterval(() => show(`Building the console, once… ${seconds()} s`), 1000) : undefined
  const output: Buffer[] = []
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const child = spawn(process.execPath, [vite, 'build'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearInterval(ticking)
  if (code !== 0) {
    show(`The console could not be built. Run npm ci and try again.\n${Buffer.concat(output).toString().slice(-2000)}\n`)
    return false
  }
  // The time it began: a source edited meanwhile makes it stale again.
  writeFileSync(stamp, '')
  utimesSync(stamp, startedAt, startedAt)
  show(`Built the console in ${seconds()} s.${process.stderr.isTTY ? '\n' : ''}`)
  return true
}
