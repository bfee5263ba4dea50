import { type ByteSource, createByteSource } from './byte-source.ts'
import { GitError } from './git-error.ts'
import type { GitProcess } from './git-runner-client.ts'
import { checkObjectName } from './object-name.ts'

export type GitObjectType = 'commit' | 'tree' | 'blob' | 'tag'
export type GitObjectHeader = { oid: string; type: GitObjectType; size: number }
export type GitObject = GitObjectHeader & { content: Buffer }
export type GitObjects = {
  /** @throws GitError `object-name-refused`, `object-too-large` (above `maxBytes`, 8 MiB unless told) */
  read(name: string, options?: { maxBytes?: number }): Promise<GitObject | undefined>
  info(name: string): Promise<GitObjectHeader | undefined>
  /** Ends this repository's process now: before its folder, or a quarantine, goes away. */
  end(): void
}

type Start = (options: { repository: string; objectDirectory?: string }) => Promise<GitProcess>
type Batch = {
  ask(command: string, withContent: boolean): Promise<GitObject | GitObjectHeader | undefined>
  end(): void
}

const defaultMaxBytes = 8 * 1024 ** 2
const headerPattern = /^([0-9a-f]{40}) (commit|tree|blob|tag) (\d+)$/
const maxHeaderBytes = 8192

/** Long-lived `git cat-file --batch-command` processes, one for each repository in use: a read costs 0.04 ms, not a spawn. */
export function createObjectPool({
  start,
  maxProcesses = 8,
  idleMs = 60_000,
}: {
  start: Start
  maxProcesses?: number
  idleMs?: number
}): { objects: (repository: string, options?: { objectDirectory?: string }) => GitObjects; close(): void } {
  // A Map keeps the order of use: the first is the one unused for longest.
  const batches = new Map<string, { batch: Promise<Batch>; timer: NodeJS.Timeout; asking: number }>()

  function end(key: string): void {
    const entry = batches.get(key)
    if (entry === undefined) return
    batches.delete(key)
    clearTimeout(entry.timer)
    entry.batch.then(
      (batch) => batch.end(),
      () => {},
    )
  }

  function objects(repository: string, { objectDirectory }: { objectDirectory?: string } = {}): GitObjects {
    const key = `${repository}\0${objectDirectory ?? ''}`

    async function begin(): Promise<Batch> {
      const git = await start({ repository, ...(objectDirectory === undefined ? {} : { objectDirectory }) })
      const batch = createBatch(git)
      // One that died while idle is not asked again.
      void git.exited.then(async () => (await batches.get(key)?.batch) === batch && end(key))
      return batch
    }

    async function ask(command: string, withContent: boolean): Promise<GitObject | GitObjectHeader | undefined> {
      const entry = batches.get(key) ?? {
        batch: begin(),
        timer: setTimeout(() => end(key), idleMs),
        asking: 0,
      }
      batches.delete(key)
      batches.set(key, entry)
      entry.timer.unref()
      entry.timer.refresh()
      if (batches.size > maxProcesses) {
        const idle = [...batches].find(([, other]) => other.asking === 0 && other !== entry)
        if (idle !== undefined) end(idle[0])
      }
      entry.asking++
      try {
        return await (await entry.batch).ask(command, withContent)
      } catch (error) {
        if (batches.get(key) === entry) end(key)
        throw error
      } finally {
        entry.asking--
      }
    }

    const info = async (name: string): Promise<GitObjectHeader | undefined> =>
      ask(`info ${checkObjectName(name)}\n`, false)
    return {
      info,
      async read(name, { maxBytes = defaultMaxBytes } = {}) {
        const header = await info(name)
        if (header === undefined) return undefined
        if (header.size > maxBytes)
          throw new GitError('object-too-large', { detail: `${header.oid} has ${header.size} bytes` })
        // By oid: what the name means may have moved meanwhile.
        const found = await ask(`contents ${header.oid}\n`, true)
        return found !== undefined && 'content' in found ? found : undefined
      },
      end: () => end(key),
    }
  }

  return {
    objects,
    close() {
      for (const key of batches.keys()) end(key)
    },
  }
}

/** Questions are written at once and answered in order. */
function createBatch(git: GitProcess): Batch {
  let last: Promise<unknown> = Promise.resolve()
  const source = createByteSource(git.stdout)
  return {
    ask(command, withContent) {
      const before = last
      git.stdin.write(command)
      const answer = (async () => {
        await before
        return readAnswer(source, withContent)
      })()
      // A failed answer fails the later ones too: the stream is then destroyed.
      last = answer
      answer.catch(() => git.kill())
      return answer
    },
    end() {
      git.stdin.end()
      last
        .catch(() => {})
        .then(
          () => git.stdout.resume(),
          () => {},
        )
    },
  }
}

async function readAnswer(source: ByteSource, withContent: boolean): Promise<GitObject | GitObjectHeader | undefined> {
  const line = await source.line(maxHeaderBytes)
  if (line.endsWith(' missing') || line.endsWith(' ambiguous')) return undefined
  const [, oid, type, digits] = headerPattern.exec(line) ?? []
  if (oid === undefined) throw new GitError('git-failed', { detail: `cat-file said ${JSON.stringify(line)}` })
  const header: GitObjectHeader = { oid, type: type as GitObjectType, size: Number(digits) }
  if (!withContent) return header
  const content = await source.bytes(header.size + 1)
  return { ...header, content: content.subarray(0, header.size) }
}
