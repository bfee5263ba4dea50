import { notFound } from '../http/problem.ts'
import { pageSize } from '../http/page.ts'
import type { Source } from './revision.ts'
import type { CommitView } from './shapes.ts'

/** A commit as git tells it, before anybody asks who proved it. */
export type CommitFacts = Omit<CommitView, 'proof' | 'signature' | 'signedPush' | 'checks'>

// NUL stands in none of these fields; `-z` ends each record with one more.
const fields = ['%H', '%P', '%an', '%ae', '%at', '%cn', '%ct', '%s', '%b'] as const
const format = `--format=${fields.join('%x00')}`

/** One page of history from `tip` on, newest first, `skip` commits left out; with one more than a page if there are more. */
export async function listCommits(
  { git, folder }: Source,
  wanted: { tip: string; without?: string; path?: string; skip?: number; limit?: number },
): Promise<CommitFacts[]> {
  const { tip, without, path = '', skip = 0, limit = pageSize + 1 } = wanted
  const range = without === undefined ? [tip] : [tip, `^${without}`]
  const { stdout } = await git.run(
    [
      'log',
      '-z',
      // Commits of one second would else stand before what they build on.
      '--date-order',
      format,
      `--max-count=${limit}`,
      `--skip=${skip}`,
      '--end-of-options',
      ...range,
      '--',
      ...(path === '' ? [] : [path]),
    ],
    { repository: folder },
  )
  return parseCommits(stdout)
}

/** Exactly these commits, by oid. */
export async function readCommits({ git, folder }: Source, oids: readonly string[]): Promise<Map<string, CommitFacts>> {
  if (oids.length === 0) return new Map()
  const { stdout } = await git.run(['log', '-z', format, '--no-walk=unsorted', '--stdin'], {
    repository: folder,
    input: `${[...new Set(oids)].join('\n')}\n`,
  })
  return new Map(parseCommits(stdout).map((commit) => [commit.oid, commit]))
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
      subject,
      body: body.trimEnd(),
      authorName,
      authorEmail,
      authoredAt: Number(authored) * 1000,
      committerName,
      committedAt: Number(committed) * 1000,
    })
  }
  return commits
}
