import { type Git, GitError } from './git.ts'

/** An object over the limit; `path` where some new commit names it. */
export interface LargeFile {
  oid: string
  bytes: number
  path: string | undefined
  kind: 'file' | 'commit' | 'tag'
  mostBytes: number
}

/** Commits and tags are read whole by whoever shows, replays or verifies them. */
const mostMessageBytes = 8 * 1024 ** 2

interface Wanted {
  folder: string
  quarantine: string
  tips: readonly string[]
  maxBytes: number
}

/** An object in a push's quarantine that is larger than allowed: asked of all that was pushed, not of all history. */
export async function findLargeFile(git: Git, wanted: Wanted): Promise<LargeFile | undefined> {
  const most = Math.min(wanted.maxBytes, mostMessageBytes)
  const judge = (line: string): Omit<LargeFile, 'path'> => {
    const [size, type, oid = ''] = line.split(' ')
    const kind = type === 'commit' || type === 'tag' ? type : 'file'
    return { oid, bytes: Number(size), kind, mostBytes: kind === 'file' ? wanted.maxBytes : most }
  }
  const isTooLarge = ({ bytes, mostBytes }: Pick<LargeFile, 'bytes' | 'mostBytes'>): boolean => bytes > mostBytes
  // Sizes alone first, then with kinds: names would be ten times the bytes, for nothing in nearly every push.
  if (linesOver(await askQuarantine(git, wanted, '%(objectsize)'), most).next().done) return undefined
  const kinds = linesOver(await askQuarantine(git, wanted, '%(objectsize) %(objecttype)'), most)
  if (!kinds.map(judge).some(isTooLarge)) return undefined
  const named = linesOver(await askQuarantine(git, wanted, '%(objectsize) %(objecttype) %(objectname)'), most)
  const large = named.map(judge).find(isTooLarge)
  return large && { ...large, path: large.kind === 'file' ? await findPath(git, wanted, large.oid) : undefined }
}

/** A sentence without what to do. */
export function sayTooLarge({ oid, bytes, path, kind, mostBytes }: LargeFile): string {
  const megabytes = (count: number): string => `${Math.ceil(count / 1024 ** 2)} MB`
  const [name, all] = kind === 'file' ? [path ?? oid, 'files'] : [`The ${kind} ${oid.slice(0, 10)}`, 'commits and tags']
  return `${name} has ${megabytes(bytes)}; ${all} may have ${megabytes(mostBytes)} here.`
}

async function askQuarantine(git: Git, { folder, quarantine }: Wanted, format: string): Promise<Buffer> {
  const { stdout } = await git.run(
    ['cat-file', '--batch-all-objects', '--unordered', '--buffer', `--batch-check=${format}`],
    {
      repository: folder,
      objectDirectory: quarantine,
      seesRepository: false,
      maxOutputBytes: 1024 ** 3,
      timeoutMs: 30 * 60_000,
    },
  )
  return stdout
}

/** Lines that begin with a larger number. Reads the bytes as they are: a push may hold a million objects. */
function* linesOver(lines: Buffer, limit: number): Generator<string> {
  let [number, start, isNumber] = [0, 0, true]
  for (let at = 0; at < lines.length; at++) {
    const byte = lines[at] ?? 0
    if (byte === 0x0a) {
      if (number > limit) yield lines.toString('latin1', start, at)
      number = 0
      start = at + 1
      isNumber = true
    } else if (byte === 0x20) isNumber = false
    else if (isNumber) number = number * 10 + (byte - 0x30)
  }
}

async function findPath(git: Git, { folder, quarantine, tips }: Wanted, oid: string): Promise<string | undefined> {
  try {
    const { stdout } = await git.run(['rev-list', '--objects', ...tips, '--not', '--all'], {
      repository: folder,
      objectDirectory: quarantine,
      maxOutputBytes: 64 * 1024 ** 2,
    })
    return stdout
      .toString()
      .split('\n')
      .find((line) => line.startsWith(`${oid} `))
      ?.slice(41)
  } catch (error) {
    // Only the name is lost; the refusal stands.
    if (error instanceof GitError) return undefined
    throw error
  }
}
