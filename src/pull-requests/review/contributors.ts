import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { UserTable } from '../../database/schema.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import { principalOf } from '../../seals/format/signer-entry.ts'
import type { ReviewParts } from './review-parts.ts'
import type { PullRequest } from '../records.ts'
import { type CommitPeople, listCommitPeople } from './commit-people.ts'
import { listMachinePeople } from './machine-people.ts'

export interface Contributors {
  committers: Set<string>
  lastPusherId: string | null
  /** Who stands behind the agents, deploy keys and pipelines that had a hand in it. */
  owners: Set<string>
  /** One of those proposed it, or wrote, committed or pushed some of it. */
  byAgent: boolean
}

// Below the number of parameters that either database takes in one statement.
const batch = 400

/** Who had a hand in what a pull request brings, as far as its commits and the record of pushes tell. */
export async function readContributors(
  { database, git, site }: Pick<ReviewParts, 'database' | 'git' | 'site'>,
  { folder }: Pick<RepositoryPlace, 'folder'>,
  row: PullRequest,
  ends: { base: string; head: string },
): Promise<Contributors> {
  const db = database.read
  const objects = git.objects(folder)
  // Of a closed one, either may be long gone.
  const isThere = (await objects.info(ends.base)) !== undefined && (await objects.info(ends.head)) !== undefined
  const commits = isThere ? await listCommitPeople({ git, folder }, ends) : []
  const byMail = await listByMail(
    db,
    commits.flatMap(({ author, committer }) => [author, committer]),
    site.rpId,
  )
  const suggested = await listSuggested(db, row.id)
  const writers = commits.flatMap((commit) => writersOf(commit, suggested, byMail))
  const author = await db
    .selectFrom('user')
    .select(['id', 'kind', 'ownerId'])
    .where('id', '=', row.authorId)
    .where('kind', '!=', 'person')
    .execute()
  const pushers = await listProgramPushers(db, row.repositoryId, [ends.head, ...commits.map(({ oid }) => oid)])
  const programs = [...author, ...writers.filter(({ kind }) => kind !== 'person'), ...pushers]
  const machineIds = new Set(programs.flatMap(({ id, kind }) => (kind === 'system' ? [id] : [])))
  return {
    committers: new Set(writers.map(({ id }) => id)),
    lastPusherId: await findLastPusher(db, row, ends.head),
    owners: new Set([
      ...programs.flatMap(({ ownerId }) => ownerId ?? []),
      ...(await listMachinePeople(db, [...machineIds])),
    ]),
    byAgent: programs.length > 0,
  }
}

type Contributor = Pick<UserTable, 'id' | 'kind' | 'ownerId'>

/**
 * Of a suggestion that another person applied, whoever applied it made it their own; its author only reviewed. All
 * others wrote it.
 */
function writersOf(
  { oid, author, committer }: CommitPeople,
  suggested: ReadonlySet<string>,
  byMail: ReadonlyMap<string, Contributor[]>,
): Contributor[] {
  const committed = byMail.get(committer) ?? []
  const isTakenOver = suggested.has(oid) && author !== committer && committed.some(({ kind }) => kind === 'person')
  return isTakenOver ? committed : [...(byMail.get(author) ?? []), ...committed]
}

async function listSuggested(db: Db<'reviewComment'>, pullRequestId: Id<'prq'>): Promise<Set<string>> {
  const rows = await db
    .selectFrom('reviewComment')
    .select('appliedOid')
    .where('pullRequestId', '=', pullRequestId)
    .where('appliedOid', 'is not', null)
    .execute()
  return new Set(rows.flatMap(({ appliedOid }) => appliedOid ?? []))
}

/** People by their mail address or by the principal that stands in commits made here. */
async function listByMail(
  db: Db<'user'>,
  addresses: readonly string[],
  rpId: string,
): Promise<Map<string, Contributor[]>> {
  // Commits may name none, and agents have none.
  const wanted = [...new Set(addresses)].filter((address) => address !== '')
  const found = new Map<string, Contributor[]>()
  const add = (address: string, user: Contributor): void =>
    void found.set(address, [...(found.get(address) ?? []), user])
  for (let from = 0; from < wanted.length; from += batch) {
    const some = wanted.slice(from, from + batch)
    const names = some.filter((address) => address.endsWith(`@${rpId}`)).map((address) => address.split('@')[0] ?? '')
    const rows = await db
      .selectFrom('user')
      .select(['id', 'kind', 'username', 'email', 'ownerId'])
      .where(({ eb, fn, or }) =>
        or([
          eb(fn<string>('lower', ['email']), 'in', some),
          ...(names.length === 0 ? [] : [eb('username', 'in', names)]),
        ]),
      )
      .execute()
    for (const user of rows)
      for (const address of new Set([user.email.toLowerCase(), principalOf(user.username, rpId)]))
        if (some.includes(address)) add(address, user)
  }
  return found
}

/** Agents, deploy keys and pipelines that brought one of these commits to a branch here. */
async function listProgramPushers(
  db: Db<'refUpdate' | 'user'>,
  repositoryId: Id<'rep'>,
  oids: readonly string[],
): Promise<Contributor[]> {
  const found: Contributor[] = []
  for (let from = 0; from < oids.length; from += batch)
    found.push(
      ...(await db
        .selectFrom('refUpdate')
        .innerJoin('user', 'user.id', 'refUpdate.actorId')
        .select(['user.id', 'user.kind', 'user.ownerId'])
        .distinct()
        .where('refUpdate.repositoryId', '=', repositoryId)
        .where('refUpdate.state', '=', 'done')
        .where('refUpdate.newOid', 'in', oids.slice(from, from + batch))
        .where('user.kind', '!=', 'person')
        .execute()),
    )
  return found
}

async function findLastPusher(
  db: Db<'refUpdate'>,
  { repositoryId, sourceRef }: PullRequest,
  head: string,
): Promise<string | null> {
  const last = await db
    .selectFrom('refUpdate')
    .select('actorId')
    .where('repositoryId', '=', repositoryId)
    .where('ref', '=', sourceRef)
    .where('newOid', '=', head)
    .where('state', '=', 'done')
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.actorId ?? null
}
