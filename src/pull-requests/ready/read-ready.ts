import { readStatuses } from '../../checks/read-statuses.ts'
import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { Place } from '../../identity/registration.ts'
import { listPersonRefs } from '../../identity/users.ts'
import type { BranchRule } from '../../repositories/branch-rule.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import type { RefParts } from '../../repositories/ref-updates.ts'
import { compareBranches } from '../compare-branches.ts'
import { branchName, type PullRequest } from '../records.ts'
import { readApprovals } from '../review/read-approvals.ts'
import { countOpenThreads } from '../review/read-threads.ts'
import { listCodeOwners } from './code-owners.ts'
import type { ReadyFacts } from './judge-ready.ts'
import { readUnsigned } from '../signed-commits.ts'
import { judgeChecks, type JudgedCheck } from './required-checks.ts'

export interface ReadyParts extends RefParts {
  site: Place
}

/** Everything that the readiness of a pull request rests on, for exactly these two tips, read once. */
export async function readReady(
  parts: ReadyParts,
  place: RepositoryPlace,
  row: PullRequest,
  { rule, ends }: { rule: BranchRule; ends: { base: string; head: string } },
): Promise<ReadyFacts> {
  const db = parts.database.read
  const approvals = await readApprovals(parts, place, row, rule, ends)
  const people = await listPersonRefs(db, [row.authorId])
  const { isCrossed } = await compareBranches({ git: parts.git, folder: place.folder }, ends)
  return {
    rule,
    branch: branchName(row.targetRef),
    sourceBranch: branchName(row.sourceRef),
    isCrossed,
    author: people.get(row.authorId) ?? { id: row.authorId, username: '', displayName: '' },
    approvals: {
      counted: approvals.counted,
      notCounted: listNotCounted(approvals),
      changesRequestedBy: approvals.changesRequestedBy,
      byAgent: approvals.byAgent,
    },
    groupNames: await listGroupNames(
      db,
      rule.groups.map(({ groupId }) => groupId),
    ),
    owners: rule.codeOwners ? await listCodeOwners(parts, place, row, ends) : null,
    checks: await readChecks(db, row, rule, ends.head),
    openThreads: rule.resolveThreads ? await countOpenThreads(db, row) : 0,
    unsigned: rule.signedCommits ? await readUnsigned(parts, place, ends) : null,
  }
}

/** What checks said about a head, the required ones first. */
export async function readChecks(
  db: Db<'commitStatus'>,
  row: Pick<PullRequest, 'repositoryId'>,
  rule: Pick<BranchRule, 'checks'> | undefined,
  head: string,
): Promise<JudgedCheck[]> {
  const said = await readStatuses(db, row.repositoryId, [head])
  return judgeChecks(rule?.checks ?? [], said.get(head) ?? [], head)
}

/** The newest approval of each person of whom none counts. */
function listNotCounted({
  counted,
  reviews,
}: Awaited<ReturnType<typeof readApprovals>>): ReadyFacts['approvals']['notCounted'] {
  const done = new Set(counted.map(({ user }) => user.id))
  const newest = new Map(
    reviews.filter(({ verdict }) => verdict === 'approved').map((review) => [review.reviewer.id, review]),
  )
  return [...newest.values()].flatMap(({ reviewer, whyNot }) =>
    done.has(reviewer.id) || whyNot === null ? [] : [{ user: reviewer, whyNot }],
  )
}

async function listGroupNames(db: Db<'userGroup'>, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('userGroup')
    .select(['id', 'name'])
    .where('id', 'in', ids as Id<'grp'>[])
    .execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}
