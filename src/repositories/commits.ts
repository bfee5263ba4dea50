import { notFound } from '../http/problem.ts'
import { pageSize } from '../http/page.ts'
import { GitError } from './git-error.ts'
import type { Source } from './revision.ts'
import type { CommitView } from './shapes.ts'

/** A commit as git tells it, before anybody asks who proved it. */
export type CommitFacts = Omit<CommitView, 'proof' | 'signature' | 'signedPush' | 'checks'>

// NUL stands in none of these fields; `-z` ends each record with one more.
const fields = ['%H', '%P', '%an', '%ae', '%at', '%cn', '%ct', '%s', '%b'] as const
const formatOf = (wanted: readonly string[]): string => `--format=${wanted.join('%x00')}`
const format = formatOf(fields)
/** The same without the body, and no more than the beginning of what people write. */
const brief = formatOf(
  fields.map((field) => (/^%(an|ae|cn|s)$/.test(field) ? `%<(300,trunc)${field}` : field === '%b' ? '' : field)),
)

/** An empty part, or one that leads elsewhere: no tree has it, and git would look for it outside of the repository. */
const inNoPath = /\0|(^|\/)\.{0,2}(\/|$)/

/** One page of history from `tip` on, newest first, `skip` commits left out; with one more than a page if there are more. */
export function listCommits(
  source: Source,
  wanted: {
    tip: string
    without?: string
    path?: string
    skip?: number
    limit?: number
    /** Only what came in there itself, not what each merge brought along. */
    isFirstParent?: boolean
  },
): Promise<CommitFacts[]> {
  const { tip, without, path = '', skip = 0, limit = pageSize + 1, isFirstParent = false } = wanted
  if (path !== '' && inNoPath.test(path)) return Promise.resolve([])
  const range = without === undefined ? [tip] : [tip, `^${without}`]
  return readLog(source, [
    // Commits of one second would else stand before what they build on.
    '--date-order',
    ...(isFirstParent ? ['--first-parent'] : []),
    `--max-count=${limit}`,
    `--skip=${skip}`,
    '--end-of-options',
    ...range,
    '--',
    ...(path === '' ? [] : [path]),
  ])
}

/** Exactly these commits, by oid. */
export async function readCommits(source: Source, oids: readonly string[]): Promise<Map<string, CommitFacts>> {
  if (oids.length === 0) return new Map()
  const commits = await readLog(source, ['--no-walk=unsorted', '--stdin'], `${[...new Set(oids)].join('\n')}\n`)
  return new Map(commits.map((commit) => [commit.oid, commit]))
}

async function readLog({ git, folder }: Source, args: readonly string[], input?: string): Promise<CommitFacts[]> {
  const read = async (form: string): Promise<CommitFacts[]> => {
    const options = { repository: folder, ...(input === undefined ? {} : { input }) }
    return parseCommits((await git.run(['log', '-z', form, ...args], options)).stdout)
  }
  try {
    return await read(format)
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'git-output-too-large') throw error
    // Whoever writes much keeps nobody from the others.
    return read(brief)
  }
}

/** @throws 404 */
export async function readCommit(source: Source, oid: string): Promise<CommitFacts> {
  const commit = (await readCommits(source, [oid])).get(oid)
  if (commit === undefined) throw notFound('This commit')
  return commit
}

/** The last commit up to `tip` that changed this path. */
export async function readLastCommit(source: Source, tip: string, path: string): Promise<CommitFacts> {
  const [last] = path === '' ? [] : await listCommits(source, { tip, path, limit: 1 })
  return last ?? readCommit(source, tip)
}

function parseCommits(output: Buffer): CommitFacts[] {
  const values = output.toString().split('\0')
  const commits: CommitFacts[] = []
  for (let at = 0; values[at]; at += fields.length) {
    const [
      oid = '',
      parents = '',
      authorName = '',
      authorEmail = '',
      authored,
      committerName = '',
      committed,
      subject = '',
      body = '',
    ] = values.slice(at, at + fields.length)
    commits.push({
      oid,
      parents: parents === '' ? [] : parents.split(' '),
      subject: subject.trimEnd(),
      body: body.trimEnd(),
      authorName: authorName.trimEnd(),
      authorEmail: authorEmail.trimEnd(),
      authoredAt: timeOf(authored),
      committerName: committerName.trimEnd(),
      committedAt: timeOf(committed),
    })
  }
  return commits
}

/** The last moment that a page can show; git takes any number of seconds for a date. */
const lastTime = 8_640_000_000_000_000

const timeOf = (seconds: string | undefined): number => Math.min(Number(seconds) * 1000, lastTime)
