import { randomBytes } from 'node:crypto'
import { GitError } from './git-error.ts'
import type { GitProcess } from './git-runner-client.ts'

/** Larger files are not compared line by line: one of them could take the server's memory. */
export const maxComparedBytes = 8 * 1024 ** 2

/** How two trees are compared everywhere: renames found, attributes and converters of the repository left aside. */
export const diffTree = [
  '-c',
  `core.bigFileThreshold=${maxComparedBytes}`,
  'diff-tree',
  '-r',
  '-M',
  '-z',
  '--raw',
  '--no-abbrev',
  '--no-ext-diff',
  '--no-textconv',
] as const
export const withPatches = ['-p', '--no-color'] as const

export interface GitDiffs {
  /**
   * List and patches of two trees, by their whole oids; undefined where they are more than `maxBytes`.
   * @throws GitError where one of them is no tree
   */
  compare(repository: string, trees: { from: string; to: string }, maxBytes: number): Promise<Buffer | undefined>
  /** Ends this repository's process: before its folder goes away. */
  end(repository: string): void
  close(): void
}

type Kept = { git: GitProcess; timer: NodeJS.Timeout; asked: number }

/** git keeps every tree that it was asked about in memory, so none is asked for ever. */
const maxAsked = 20

/**
 * Processes of `git diff-tree --stdin` that are kept for the next question, one for each repository in use: half of what
 * a diff costs is the start of git. Whoever finds it busy starts another.
 */
export function createGitDiffs({
  start,
  maxKept = 4,
  idleMs = 60_000,
  timeoutMs = 60_000,
}: {
  start: (args: readonly string[], options: { repository: string }) => Promise<GitProcess>
  maxKept?: number
  idleMs?: number
  timeoutMs?: number
}): GitDiffs {
  // A Map keeps the order of use: the first is the one unused for longest.
  const kept = new Map<string, Kept>()

  async function take(repository: string): Promise<Pick<Kept, 'git' | 'asked'>> {
    const found = kept.get(repository)
    if (found === undefined)
      return { git: await start([...diffTree, ...withPatches, '--stdin'], { repository }), asked: 0 }
    kept.delete(repository)
    clearTimeout(found.timer)
    return found
  }

  function keep(repository: string, git: GitProcess, asked: number): void {
    end(repository)
    const [oldest] = kept.keys()
    if (kept.size >= maxKept && oldest !== undefined) end(oldest)
    const timer = setTimeout(() => end(repository), idleMs).unref()
    kept.set(repository, { git, timer, asked })
    // One that died while idle is not asked again.
    void git.exited.then(() => kept.get(repository)?.git === git && end(repository))
  }

  function end(repository: string): void {
    const found = kept.get(repository)
    if (found === undefined) return
    kept.delete(repository)
    clearTimeout(found.timer)
    found.git.kill()
  }

  return {
    async compare(repository, { from, to }, maxBytes) {
      const { git, asked } = await take(repository)
      let isTooSlow = false
      const timer = setTimeout(() => {
        isTooSlow = true
        git.kill()
      }, timeoutMs)
      let answer: Buffer | undefined
      try {
        answer = await ask(git, `${from} ${to}\n`, maxBytes)
      } catch (error) {
        git.kill()
        if (isTooSlow) throw new GitError('git-timeout', { detail: 'diff-tree' })
        throw (await git.exited).tookMemory ? new GitError('git-memory', { detail: 'diff-tree' }) : error
      } finally {
        clearTimeout(timer)
      }
      if (answer === undefined || asked + 1 === maxAsked) git.kill()
      else keep(repository, git, asked + 1)
      return answer
    },
    end,
    close() {
      for (const repository of kept.keys()) end(repository)
    },
  }
}

/** git repeats the question before its answer, and what is no oid as it is: a random line tells where the answer ends. */
function ask({ stdin, stdout }: GitProcess, question: string, maxBytes: number): Promise<Buffer | undefined> {
  const last = Buffer.from(`end ${randomBytes(16).toString('hex')}\n`)
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>()
  const chunks: Buffer[] = []
  let bytes = 0
  const onData = (chunk: Buffer): void => {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > maxBytes + question.length + last.length) return settle(() => resolve(undefined))
    if (!endsWith(chunks, last)) return
    const all = Buffer.concat(chunks)
    if (all.toString('latin1', 0, question.length) === question)
      settle(() => resolve(all.subarray(question.length, -last.length)))
    else settle(() => reject(new GitError('git-failed', { detail: 'diff-tree compared nothing' })))
  }
  const onClose = (): void =>
    settle(() => reject(new GitError('git-killed', { detail: 'diff-tree ended before its answer' })))
  function settle(how: () => void): void {
    stdout.off('data', onData).off('close', onClose)
    stdout.pause()
    how()
  }
  stdout.on('data', onData).once('close', onClose)
  if (stdout.closed) onClose()
  stdout.resume()
  stdin.write(Buffer.concat([Buffer.from(question), last]))
  return promise
}

function endsWith(chunks: readonly Buffer[], last: Buffer): boolean {
  const tail: Buffer[] = []
  let bytes = 0
  for (let at = chunks.length - 1; at >= 0 && bytes < last.length; at--) {
    const chunk = chunks[at] ?? Buffer.alloc(0)
    tail.unshift(chunk)
    bytes += chunk.length
  }
  return bytes >= last.length && Buffer.concat(tail).subarray(-last.length).equals(last)
}
