import { GitError } from './git-error.ts'
import type { Source } from './revision.ts'
import type { StreamHolder } from './stream-shares.ts'

export interface StreamLimits {
  bytes: number
  timeMs: number
}

/**
 * Reads what one process of git says, for as long as `take` wants more and the limits let it go. True where all was read.
 * @throws GitError where git fails by itself
 */
export async function readStream(
  { git, folder }: Source,
  args: readonly string[],
  { holder, limits }: { holder: StreamHolder; limits: StreamLimits },
  take: (chunk: Buffer) => 'more' | 'enough',
): Promise<boolean> {
  const { stdout, exited } = await git.stream(args, { repository: folder, holder, timeoutMs: limits.timeMs })
  let bytes = 0
  let isStopped = false
  try {
    for await (const chunk of stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length
      isStopped = take(chunk) === 'enough' || bytes > limits.bytes
      if (isStopped) break
    }
  } catch (error) {
    // The stream was destroyed; `exited` tells why.
    if (!(error instanceof Error && 'code' in error)) throw error
  }
  const exit = await exited
  if (isStopped || exit.killed) return false
  if (exit.code !== 0) throw new GitError('git-failed', { detail: exit.failure ?? exit.stderr })
  return true
}

/** No line that is looked for is longer; of others only the beginning is kept. */
const longestLine = 1000

/** Takes chunks apart into lines of ASCII; what else stands in them comes byte by byte. */
export function eachLine(take: (line: string) => 'more' | 'enough'): (chunk: Buffer) => 'more' | 'enough' {
  let rest = ''
  return (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop()?.slice(0, longestLine) ?? ''
    for (const line of lines) if (take(line) === 'enough') return 'enough'
    return 'more'
  }
}
