import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'

/** One line on what the figures were measured with. */
export function describeMachine(): string {
  const gigabytes = Math.round(totalmem() / 1024 ** 3)
  const model = cpus()[0]?.model.trim() || process.arch
  const git = execFileSync('git', ['--version'], { encoding: 'utf8' }).trim()
  return `${cpus().length} cores (${model}), ${gigabytes} GB, Linux ${release()}, Node ${process.version}, ${git}`
}
