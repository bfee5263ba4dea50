import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** `npm run check`: format, types, lint, unused code, and a lock file that names no address. */
const root = join(import.meta.dirname, '..')
const bin = (name: string): string => join(root, 'node_modules', '.bin', name)

const steps: [string, string, string[]][] = [
  ['format', bin('oxfmt'), ['--check', '.']],
  ['types', bin('tsc'), ['--noEmit', '-p', '.']],
  ['types of the console', bin('tsc'), ['--noEmit', '-p', 'console']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings', 'src', 'test', 'bench', 'console']],
  ['unused code', bin('knip'), []],
]

let failed = false
for (const [name, command, args] of steps) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  process.stdout.write(`${status === 0 ? '✔' : '✖'} ${name}\n`)
  if (status !== 0) failed = true
}
const hasAddresses = /"resolved"/.test(readFileSync(join(root, 'package-lock.json'), 'utf8'))
process.stdout.write(`${hasAddresses ? '✖' : '✔'} lock file without registry addresses\n`)
process.exitCode = failed || hasAddresses ? 1 : 0
