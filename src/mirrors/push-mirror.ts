import { zeroOid } from '../protocols/git/receive-commands.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { type Git, GitError } from '../repositories/git.ts'
import type { GitSetting } from '../repositories/git-environment.ts'
import { connect } from './connect.ts'
import { discoverRefs } from './discover.ts'
import { explainFetch } from './explain-fetch.ts'
import { type MirrorMove, planMirror } from './mirror-plan.ts'
import { explainRefusal, isBystander, parsePushReport, proofsRefusedError, strayedError } from './push-report.ts'
import { listSshRefs } from './list-ssh-refs.ts'
import type { Remote } from './remote.ts'
import { RemoteError } from './remote-error.ts'
import { isSshAddress } from './ssh-address.ts'

export interface PushMirrorParts {
  git: Git
  outbound: Outbound
  limits: { operationMs: number; stallSeconds?: number }
}

export interface Pushed {
  /** Where refs stand there now, as far as this push knows; all zeros for one that is gone on both sides. */
  seen: { ref: string; oid: string }[]
  /** What did not arrive, and why; undefined where all did. */
  problem: RemoteError | undefined
}

// Far below what the system takes in arguments.
const atOnce = 300

/**
 * Brings another server's branches, tags and proofs to what they are here. Each ref moves only from where it was seen,
 * all together where the other side can. @throws RemoteError where nothing could be pushed at all; GitError
 */
export async function pushMirror(
  parts: PushMirrorParts,
  wanted: {
    folder: string
    remote: Remote
    last: ReadonlyMap<string, string>
    wants: (ref: string) => boolean
    overwrites: boolean
    signal: AbortSignal
  },
): Promise<Pushed> {
  const { git, outbound } = parts
  const { folder, remote, signal } = wanted
  await using connected = await connect(parts, remote, signal)
  const config = connected.settings
  const there = isSshAddress(remote.url)
    ? await listSshRefs(git, remote, { config, signal })
    : await discoverRefs(outbound, remote, signal)
  const plan = await planMirror({
    ...wanted,
    local: await listLocal(git, folder),
    remote: there.refs,
    contains: (newOid, oldOid) => contains(git, folder, newOid, oldOid),
  })
  const connection = { ...wanted, config, isAtomic: there.capabilities.has('atomic') }
  const seen = [...plan.settled, ...plan.forgotten.map((ref) => ({ ref, oid: zeroOid }))]
  let problem = plan.strayed.length > 0 ? strayedError(plan.strayed) : undefined
  for (let from = 0; from < plan.moves.length; from += atOnce) {
    const pushed = await pushMoves(parts, connection, plan.moves.slice(from, from + atOnce))
    seen.push(...pushed.seen)
    problem ??= pushed.problem
  }
  return { seen, problem }
}

type Connection = {
  folder: string
  remote: Remote
  signal: AbortSignal
  config: readonly GitSetting[]
  isAtomic: boolean
}

async function pushMoves(parts: PushMirrorParts, connection: Connection, moves: MirrorMove[]): Promise<Pushed> {
  const host = URL.parse(connection.remote.url)?.host ?? ''
  const { lines, stderr } = await pushOnce(parts, connection, moves)
  if (connection.isAtomic && lines.length === 0 && /does not support --atomic/.test(stderr))
    return pushMoves(parts, { ...connection, isAtomic: false }, moves)
  if (lines.length === 0) throw explain(stderr, connection.remote)
  const byRef = new Map(moves.map((move) => [move.ref, move]))
  const seen = lines.flatMap(({ ref, isDone }) => {
    const move = byRef.get(ref)
    return isDone && move !== undefined ? [{ ref, oid: move.newOid }] : []
  })
  const own = lines.filter((line) => !line.isDone && !isBystander(line))
  if (own.length === 0 && lines.every(({ isDone }) => isDone)) return { seen, problem: undefined }
  const isProof = ({ ref }: { ref: string }): boolean => ref.startsWith('refs/postern/')
  const others = moves.filter((move) => !isProof(move))
  if (own.length > 0 && own.every(isProof) && connection.isAtomic && others.length > 0) {
    // Better a mirror without proofs than none.
    const rest = await pushMoves(parts, connection, others)
    return { seen: [...seen, ...rest.seen], problem: rest.problem ?? proofsRefusedError(host) }
  }
  if (own.length > 0 && own.every(isProof)) return { seen, problem: proofsRefusedError(host) }
  const said = stderr
    .split('\n')
    .filter((line) => line.startsWith('remote: '))
    .map((line) => line.slice('remote: '.length).trim())
    .filter((line) => /\w/.test(line))
  return { seen, problem: explainRefusal(own.length > 0 ? own : lines, host, said) }
}

async function pushOnce({ git, limits }: PushMirrorParts, connection: Connection, moves: readonly MirrorMove[]) {
  const { folder, remote, signal, config, isAtomic } = connection
  const isNothing = (oid: string): boolean => oid === zeroOid
  const args = [
    'push',
    '--porcelain',
    '--no-verify',
    '--no-signed',
    '--recurse-submodules=no',
    '--thin',
    ...(isAtomic ? ['--atomic'] : []),
    ...moves.map(({ ref, expected }) => `--force-with-lease=${ref}:${isNothing(expected) ? '' : expected}`),
    '--',
    remote.url,
    ...moves.map(({ ref, newOid }) => `${isNothing(newOid) ? '' : newOid}:${ref}`),
  ]
  try {
    const { stdout, stderr } = await git.run(args, {
      repository: folder,
      config,
      signal,
      timeoutMs: limits.operationMs,
      ok: [0, 1],
    })
    return { lines: parsePushReport(stdout.toString()), stderr }
  } catch (error) {
    if (error instanceof GitError && error.code === 'git-failed') return { lines: [], stderr: error.detail }
    if (error instanceof GitError && error.code === 'git-timeout')
      throw new RemoteError(
        'timed-out',
        'The push took longer than an operation may take here. It is tried again later.',
      )
    throw error
  }
}

const explain = (said: string, remote: Remote): RemoteError =>
  explainFetch(said, {
    url: remote.url,
    service: 'git-receive-pack',
    hasPassword: remote.username !== '' || remote.password !== undefined,
  })

async function listLocal(git: Git, folder: string): Promise<Map<string, string>> {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/', 'refs/tags/', 'refs/postern/']
  const { stdout } = await git.run(args, { repository: folder, maxOutputBytes: 64 * 1024 ** 2 })
  const lines = stdout.toString().split('\n').filter(Boolean)
  return new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]))
}

async function contains(git: Git, folder: string, newOid: string, oldOid: string): Promise<boolean> {
  // 128: the other server's commit is not known here.
  const { code } = await git.run(['merge-base', '--is-ancestor', oldOid, newOid], {
    repository: folder,
    ok: [0, 1, 128],
  })
  return code === 0
}
