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
  // Sizes alone first: names would be ten times the bytes, for nothing in nearly every push.
  const most = Math.min(wanted.maxBytes, mostMessageBytes)
  if (!hasNumberOver(await askQuarantine(git, wanted, '%(objectsize)'), most)) return undefined
  const named = (await askQuarantine(git, wanted, '%(objectsize) %(objecttype) %(objectname)')).toString('latin1')
  for (const line of named.split('\n')) {
    const [size, type, oid = ''] = line.split(' ')
    const bytes = Number(size)
    const kind = type === 'commit' || type === 'tag' ? type : 'file'
    const mostBytes = kind === 'file' ? wanted.maxBytes : most
    if (bytes <= mostBytes) continue
    return { oid, bytes, kind, mostBytes, path: kind === 'file' ? await findPath(git, wanted, oid) : undefined }
  }
  return undefined
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

/** Of one decimal number on each line. Reads the bytes as they are: a push may hold a million objects. */
function hasNumberOver(lines: Buffer, limit: number): boolean {
  let number = 0
  for (let at = 0; at < lines.length; at++) {
    const byte = lines[at] ?? 0
    if (byte !== 0x0a) number = number * 10 + (byte - 0x30)
    else if (number > limit) return true
    else number = 0
  }
  return false
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
