import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Outbound } from '../outbound/outbound.ts'
import { checkRefName, checkShortRefName } from '../protocols/git/ref-name.ts'
import { type Git, GitError } from '../repositories/git.ts'
import type { GitSetting } from '../repositories/git-environment.ts'
import { listLfsPointers } from '../repositories/lfs/list-pointers.ts'
import type { LfsPointer } from '../repositories/lfs/pointer.ts'
import { findLargeFile, sayTooLarge } from '../repositories/large-files.ts'
import { findLongNames } from '../repositories/long-names.ts'
import { connect } from './connect.ts'
import { checkReadable, sha256Error } from './discover.ts'
import { explainFetch } from './explain-fetch.ts'
import { parseProgress, type Progress } from './git-progress.ts'
import type { Remote } from './remote.ts'
import { RemoteError } from './remote-error.ts'
import { isSshAddress } from './ssh-address.ts'

export interface FetchParts {
  git: Git
  outbound: Outbound
  limits: { maxBytes: number; maxBlobBytes: number; operationMs: number; stallSeconds?: number }
}

export interface FetchedHistory {
  /** Its object folder. */
  objects: string
  refs: { ref: string; oid: string }[]
  /** What the other side points HEAD at, or the likeliest; undefined where there is no branch. */
  defaultBranch: string | undefined
  leftOut: string[]
  bytes: number
  /** Null where too many files were small enough to be one. */
  lfsPointers: readonly LfsPointer[] | null
}

const maxRefs = 20_000
const mostSmallFiles = 200_000
const watchEveryMs = 250
const keptOutput = 16 * 1024

/**
 * Fetches branches and tags, and nothing else, into a throw-away repository at `folder`, with git's checks of every
 * object. @throws RemoteError, GitError `git-aborted`
 */
export async function fetchHistory(
  parts: FetchParts,
  wanted: {
    remote: Remote
    folder: string
    /** Where it will land; empty or not. */
    destination: string
    signal: AbortSignal
    onProgress: (progress: Partial<Progress>) => void
  },
): Promise<FetchedHistory> {
  const { git, limits } = parts
  const { remote, folder, signal, onProgress } = wanted
  onProgress({ phase: 'connecting' })
  if (!isSshAddress(remote.url)) await checkReadable(parts.outbound, remote, signal)
  await using connection = await connect(parts, remote, signal)
  const config = connection.settings
  const listed = await listRemote(git, { remote, config, signal })
  await rm(folder, { recursive: true, force: true })
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 })
  await git.run(['init', '--quiet', '--bare', '--object-format=sha1', '--initial-branch=main', '--', folder])
  const objects = join(folder, 'objects')
  if (listed.count > 0) await runFetch(parts, wanted, config)
  onProgress({ phase: 'checking', objectsDone: 0, objectsTotal: 0, bytesPerSecond: 0 })
  const { refs, leftOut } = await listFetched(git, folder)
  const tips = refs.map(({ oid }) => oid)
  await refuseLargeFile(git, { ...wanted, objects, tips, maxBytes: limits.maxBlobBytes })
  const long = await findLongNames(git, { folder: wanted.destination, quarantine: objects, tips })
  if (long !== undefined) throw new RemoteError(long.code, `${long.sentences[0]} Rename it there first.`)
  const lfsPointers = await listLfsPointers(git, { repository: folder, objects, signal, most: mostSmallFiles })
  return {
    objects,
    refs,
    leftOut,
    lfsPointers,
    bytes: await packBytes(objects),
    defaultBranch: chooseDefault(refs, listed.head),
  }
}

type Connection = { remote: Remote; config: readonly GitSetting[]; signal: AbortSignal }

async function listRemote(
  git: Git,
  { remote, config, signal }: Connection,
): Promise<{ head: string | undefined; count: number }> {
  const patterns = ['HEAD', 'refs/heads/*', 'refs/tags/*']
  const run = git.run(['ls-remote', '--symref', '--', remote.url, ...patterns], {
    config,
    signal,
    timeoutMs: 180_000,
    maxOutputBytes: 16 * 1024 ** 2,
  })
  const { stdout } = await run.catch((error: unknown) => {
    if (error instanceof GitError && error.code === 'git-output-too-large') throw tooManyRefs()
    throw explainGit(error, remote)
  })
  const lines = stdout.toString().split('\n')
  if (lines.some((line) => /^[0-9a-f]{64}\t/.test(line))) throw sha256Error()
  const [, head] =
    lines.map((line) => /^ref: refs\/heads\/(.+)\tHEAD$/.exec(line)).find((found) => found !== null) ?? []
  const count = lines.filter((line) => /^[0-9a-f]{40}\trefs\/(heads|tags)\//.test(line) && !line.endsWith('^{}')).length
  if (count > maxRefs) throw tooManyRefs()
  return { head, count }
}

const tooManyRefs = () =>
  new RemoteError(
    'too-many-refs',
    `The other repository has more than ${maxRefs} branches and tags. Delete some there first.`,
  )

async function runFetch(
  { git, limits }: FetchParts,
  { remote, folder, signal, onProgress }: Parameters<typeof fetchHistory>[1],
  config: Connection['config'],
): Promise<void> {
  const process = await git.stream(
    [
      'fetch',
      '--progress',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-auto-maintenance',
      '--no-recurse-submodules',
      '--',
      remote.url,
      '+refs/heads/*:refs/heads/*',
      '+refs/tags/*:refs/tags/*',
    ],
    {
      repository: folder,
      // Always packs, which are durable before they are moved; the refs here are nobody's.
      config: [...config, ['fetch.unpackLimit', '1'], ['core.fsync', 'pack,pack-metadata']],
      mergeStderr: true,
      signal,
      timeoutMs: limits.operationMs,
    },
  )
  process.stdin.end()
  const started = Date.now()
  let stopped: RemoteError | undefined
  const watch = setInterval(() => {
    void packBytes(join(folder, 'objects')).then((bytes) => {
      if (bytes <= limits.maxBytes) return
      stopped ??= tooLarge(limits.maxBytes)
      process.kill()
    })
  }, watchEveryMs)
  try {
    const output = await follow(process.stdout, onProgress)
    const exit = await process.exited
    if (stopped !== undefined) throw stopped
    if (signal.aborted) throw new GitError('git-aborted')
    if (exit.killed && Date.now() - started >= limits.operationMs)
      throw new RemoteError(
        'timed-out',
        'It took longer than an operation may take here. Nothing was kept. Try again later.',
      )
    if (exit.code !== 0) throw explainGit(new GitError('git-failed', { detail: output }), remote)
    // A small history may arrive whole between two looks at its size.
    if ((await packBytes(join(folder, 'objects'))) > limits.maxBytes) throw tooLarge(limits.maxBytes)
  } finally {
    clearInterval(watch)
  }
}

const tooLarge = (maxBytes: number) =>
  new RemoteError(
    'too-large',
    `The other repository has more than ${Math.round(maxBytes / 1024 ** 2)} MB, which is the most here. The operator of this server can raise it with POSTERN_MAX_PUSH_MB.`,
  )

/** Tells of the progress as git writes it; returns the last of what was no progress. */
async function follow(
  output: AsyncIterable<Buffer>,
  onProgress: (progress: Partial<Progress>) => void,
): Promise<string> {
  let rest = ''
  let kept = ''
  const take = (line: string): void => {
    const progress = parseProgress(line)
    if (progress !== undefined) onProgress(progress)
    else kept = `${kept}${line}\n`.slice(-keptOutput)
  }
  try {
    for await (const chunk of output) {
      const lines = `${rest}${chunk.toString()}`.split(/[\r\n]/)
      // A line without an end must not fill the memory.
      rest = (lines.pop() ?? '').slice(-keptOutput)
      for (const line of lines) take(line)
    }
  } catch {
    // The stream was destroyed; the exit tells why.
  }
  take(rest)
  return kept
}

function explainGit(error: unknown, remote: Remote): unknown {
  if (!(error instanceof GitError) || error.code === 'git-aborted') return error
  if (error.code === 'git-timeout')
    return new RemoteError(
      'stalled',
      `${URL.parse(remote.url)?.host ?? ''} gave no answer in time. Nothing was kept. Try again later.`,
    )
  if (error.code !== 'git-failed') return error
  const hasPassword = remote.username !== '' || remote.password !== undefined
  return explainFetch(error.detail, { url: remote.url, service: 'git-upload-pack', hasPassword })
}

async function listFetched(git: Git, folder: string): Promise<Pick<FetchedHistory, 'refs' | 'leftOut'>> {
  const { stdout } = await git.run(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/', 'refs/tags/'], {
    repository: folder,
    maxOutputBytes: 64 * 1024 ** 2,
  })
  const refs: FetchedHistory['refs'] = []
  const leftOut: string[] = []
  for (const line of stdout.toString().split('\n').filter(Boolean)) {
    const ref = line.slice(41)
    const isGood = checkRefName(ref) === undefined && checkShortRefName(shortName(ref)) === undefined
    if (isGood) refs.push({ ref, oid: line.slice(0, 40) })
    else leftOut.push(ref)
  }
  return { refs, leftOut }
}

const shortName = (ref: string): string => ref.replace(/^refs\/(heads|tags)\//, '')

function chooseDefault(refs: FetchedHistory['refs'], head: string | undefined): string | undefined {
  const branches = refs.filter(({ ref }) => ref.startsWith('refs/heads/')).map(({ ref }) => shortName(ref))
  return [head, 'main', 'master', branches[0]].find((name) => name !== undefined && branches.includes(name))
}

async function refuseLargeFile(
  git: Git,
  wanted: { destination: string; objects: string; tips: readonly string[]; maxBytes: number },
): Promise<void> {
  const { destination, objects, tips, maxBytes } = wanted
  const large = await findLargeFile(git, { folder: destination, quarantine: objects, tips, maxBytes })
  if (large === undefined) return
  const help = 'The operator of this server can raise it with POSTERN_MAX_FILE_MB.'
  throw new RemoteError('file-too-large', `${sayTooLarge(large)}${large.kind === 'file' ? ` ${help}` : ''}`)
}

/** Of packs, whole ones and those that are arriving. */
async function packBytes(objects: string): Promise<number> {
  const folder = join(objects, 'pack')
  const names = await readdir(folder).catch(() => [])
  let bytes = 0
  for (const name of names)
    if (name.endsWith('.pack') || name.startsWith('tmp_pack_'))
      bytes += (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0
  return bytes
}
