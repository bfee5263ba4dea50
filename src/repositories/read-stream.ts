import { GitError } from './git-error.ts'
import type { Source } from './revision.ts'
import type { StreamHolder } from './stream-shares.ts'

export interface StreamLimits {
  bytes: number
  timeMs: number
}

/**
 * Reads what one process of git says, for as long as `take` wants more and the limits let it go. True where all was read.
 * @param around `ok`: exit codes that are no failure
 * @throws GitError where git fails by itself
 */
export async function readStream(
  { git, folder }: Source,
  args: readonly string[],
  { holder, limits, ok = [0] }: { holder: StreamHolder; limits: StreamLimits; ok?: readonly number[] },
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
  if (exit.code === null || !ok.includes(exit.code))
    throw new GitError('git-failed', { detail: exit.failure ?? exit.stderr })
  return true
}

/** No part that is looked for is longer; of others only the beginning is kept. */
const longestPart = 16_384

/** Takes chunks apart at each `end`; a byte is a character (latin1). */
export function eachPart(
  end: '\n' | '\0',
  take: (part: string) => 'more' | 'enough',
): (chunk: Buffer) => 'more' | 'enough' {
  let rest = ''
  const add = (text: string): string => (rest + text.slice(0, longestPart)).slice(0, longestPart)
  return (chunk) => {
    const ended = chunk.toString('latin1').split(end)
    const begun = ended.pop() ?? ''
    for (const part of ended) {
      const whole = add(part)
      rest = ''
      if (take(whole) === 'enough') return 'enough'
    }
    rest = add(begun)
    return 'more'
  }
}
