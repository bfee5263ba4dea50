import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { zeroOid } from '../../protocols/git/receive-commands.ts'
import { objectsOf, type ObjectSource } from './read-signatures.ts'

/** Of more, the newest: what older ones brought, newer ones nearly always hold too. */
const mostTips = 20_000
const mostCommits = 100_000

/**
 * Which of these commits and tags had come here before the moment that is asked about each, by the record of what every
 * ref was moved to. A commit's own dates say nothing: whoever has a key that ended can write any date. One walk, however
 * many moments; what lies beyond its bounds has not been seen.
 */
export async function listSeenBefore(
  db: Db<'refUpdate'>,
  source: ObjectSource,
  repositoryId: Id<'rep'>,
  asked: ReadonlyMap<string, number>,
): Promise<Set<string>> {
  if (asked.size === 0) return new Set()
  const moments = [...asked.values()]
  const tips = await listTips(db, repositoryId, Math.max(...moments))
  const tags = await listTags(source, [...asked.keys()])
  const commits = [...asked.keys()].filter((oid) => !tags.has(oid))
  const arrivals = commits.length === 0 ? tips : await walk(source, { commits, tips, from: Math.min(...moments) })
  return new Set([...asked].flatMap(([oid, before]) => ((arrivals.get(oid) ?? Infinity) < before ? [oid] : [])))
}

/** What refs were moved to before a moment, and when first. */
async function listTips(db: Db<'refUpdate'>, repositoryId: Id<'rep'>, before: number): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('refUpdate')
    .select(({ fn }) => ['newOid', fn.min<number>('finishedAt').as('at')])
    .where('repositoryId', '=', repositoryId)
    .where('state', '=', 'done')
    .where('finishedAt', '<', before)
    .where('newOid', '!=', zeroOid)
    .groupBy('newOid')
    .orderBy('at', 'desc')
    .limit(mostTips)
    .execute()
  return new Map(rows.map(({ newOid, at }) => [newOid, at]))
}

/** Nothing holds a tag but its own ref, so it is on no walk. */
async function listTags(source: ObjectSource, oids: readonly string[]): Promise<Set<string>> {
  const objects = objectsOf(source)
  const found = await Promise.all(oids.map(async (oid) => ({ oid, info: await objects.info(oid) })))
  return new Set(found.flatMap(({ oid, info }) => (info?.type === 'tag' ? [oid] : [])))
}

/** When each came here, as far as it was after `from`; what had come before has `-Infinity`. */
async function walk(
  { git, folder, objectDirectory }: ObjectSource,
  { commits, tips, from }: { commits: readonly string[]; tips: ReadonlyMap<string, number>; from: number },
): Promise<ReadonlyMap<string, number>> {
  const lines = [...commits, ...[...tips].map(([oid, at]) => (at < from ? `^${oid}` : oid))]
  // Old tips may be gone, when branches were.
  const options = ['--ignore-missing', '--topo-order', '--parents', `--max-count=${mostCommits}`, '--stdin']
  const { stdout } = await git.run(['rev-list', ...options], {
    repository: folder,
    ...(objectDirectory === undefined ? {} : { objectDirectory }),
    input: `${lines.join('\n')}\n`,
    maxOutputBytes: 64 * 1024 ** 2,
  })
  const walked = stdout.toString().split('\n').filter(Boolean)
  const arrivals = new Map(tips)
  const met = new Set<string>()
  // Children come first, and whatever brought a commit brought its parents.
  for (const line of walked) {
    const [oid = '', ...parents] = line.split(' ')
    met.add(oid)
    const at = arrivals.get(oid)
    if (at === undefined) continue
    for (const parent of parents) arrivals.set(parent, Math.min(at, arrivals.get(parent) ?? Infinity))
  }
  if (walked.length < mostCommits) for (const oid of commits) if (!met.has(oid)) arrivals.set(oid, -Infinity)
  return arrivals
}
