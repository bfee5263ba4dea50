import { type Outbound, OutboundError } from '../outbound/outbound.ts'
import { inOneLine, ProblemError } from '../http/problem.ts'
import type { LfsRoom } from '../repositories/lfs/limits.ts'
import { findLfsObject, keepLfsObject } from '../repositories/lfs/object-store.ts'
import type { LfsPointer } from '../repositories/lfs/pointer.ts'
import { askLfsBatch, type LfsDownload, lfsEndpoint } from './ask-lfs-batch.ts'
import type { Progress } from './git-progress.ts'
import { basicHeader, type Remote } from './remote.ts'
import { RemoteError } from './remote-error.ts'
import { isSshAddress } from './ssh-address.ts'

/** What became of the files that the pointers of an import name. */
export interface BroughtLfs {
  brought: number
  bytes: number
  missing: number
  /** Why the first of them is missing. */
  reason: string | null
}

export interface BringLfs {
  outbound: Outbound
  lfsRoom: LfsRoom
}

const askedAtOnce = 100
const atOnce = 4
const answerMs = 60_000
const idleMs = 120_000
const mostRedirects = 2

/**
 * Brings the large files of an import into the repository's own folder, each checked by its name. What cannot be brought
 * ends nothing: the history is worth having without them, and whoever asked is told.
 */
export async function bringLfs(
  parts: BringLfs,
  wanted: {
    remote: Remote
    /** Of the repository that they come to. */
    folder: string
    pointers: readonly LfsPointer[]
    /** How long all of them may take. */
    mostMs: number
    signal: AbortSignal
    onProgress: (progress: Partial<Progress>) => void
  },
): Promise<BroughtLfs> {
  const { remote, folder, signal, onProgress } = wanted
  const deadline = AbortSignal.timeout(wanted.mostMs)
  const both = AbortSignal.any([signal, deadline])
  const files = [...new Map(wanted.pointers.map((pointer) => [pointer.oid, pointer])).values()]
  const done: BroughtLfs = { brought: 0, bytes: 0, missing: 0, reason: null }
  const fail = (count: number, error: unknown): void => {
    signal.throwIfAborted()
    done.missing += count
    done.reason ??= deadline.aborted ? 'It took longer than an operation may take here.' : reasonOf(error)
  }
  if (isSshAddress(remote.url)) {
    if (files.length > 0) fail(files.length, new RemoteError('lfs', 'Over SSH they are not brought.'))
    return done
  }
  for (let at = 0; at < files.length; at += askedAtOnce) {
    onProgress({ phase: 'large-files', objectsDone: at, objectsTotal: files.length, bytesPerSecond: 0 })
    const asked = files.slice(at, at + askedAtOnce)
    let answers: LfsDownload[]
    try {
      answers = await askLfsBatch(parts.outbound, { remote, files: asked, signal: both })
    } catch (error) {
      // Whoever answers none of them will answer none of the next.
      fail(files.length - at, error)
      return done
    }
    const bringNext = async (): Promise<void> => {
      for (let file = asked.pop(); file !== undefined; file = asked.pop()) {
        const { oid, size } = file
        const answer = answers.find((each) => each.oid === oid)
        try {
          if ((await findLfsObject(folder, oid)) !== size)
            await bringOne(parts, { ...wanted, file, answer, signal: both })
          done.brought++
          done.bytes += size
        } catch (error) {
          fail(1, error)
        }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, bringNext))
  }
  return done
}

async function bringOne(
  { outbound, lfsRoom }: BringLfs,
  wanted: { remote: Remote; folder: string; file: LfsPointer; answer: LfsDownload | undefined; signal: AbortSignal },
): Promise<void> {
  const { remote, folder, file, answer, signal } = wanted
  if (answer?.href === undefined)
    throw new RemoteError('lfs', answer?.error ?? 'The other server said nothing of one of them.')
  using room = await lfsRoom.take(folder, file)
  const home = new URL(lfsEndpoint(remote))
  const authorization = basicHeader(remote)
  let url = new URL(answer.href, home)
  // What opens the other repository is shown to that server alone.
  let headers: Record<string, string> =
    url.origin === home.origin && authorization !== undefined ? { authorization, ...answer.headers } : answer.headers
  for (let redirects = 0; ; redirects++) {
    if (home.protocol === 'https:' && url.protocol !== 'https:')
      throw new RemoteError('lfs', 'The other server names an address without https.')
    // Each address is judged as the import's own was.
    const { status, headers: said, body } = await outbound.open(url, { headers, timeoutMs: answerMs, idleMs, signal })
    try {
      if (status === 200) {
        await keepLfsObject(folder, { ...file, body, mayStay: () => Promise.resolve(), signal })
        room.isKept()
        return
      }
    } finally {
      // What is wrong is not read to its end: its connection would stay open as long as the other side likes.
      body.destroy()
    }
    const location = said.find(([name]) => name === 'location')?.[1]
    if (status < 300 || status >= 400 || location === undefined || redirects >= mostRedirects)
      throw new RemoteError('lfs', `${url.host} answered ${status} for one of them.`)
    // A store of its own, where the address says all that is needed.
    url = new URL(location, url)
    headers = {}
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ProblemError)
    return error.code === 'lfs-other-bytes' ? 'What the other server sent is another file.' : inOneLine(error)
  if (error instanceof OutboundError || error instanceof RemoteError) return error.message
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC') return 'The disk of this server is full.'
  return 'The other server broke off in the middle of one of them.'
}
