import { recordEvent } from '../audit/record.ts'
import type { Db } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { CommitStatusTable } from '../database/schema.ts'
import { invalid, notFound, ProblemError } from '../http/problem.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import { type BranchRule, listRules } from '../repositories/branch-rule.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import type { RefParts } from '../repositories/ref-updates.ts'
import { findRevision } from '../repositories/revision.ts'
import { cleanCheckName, foldCheckName } from '../repositories/check-name.ts'
import type { NewCommitStatus } from './shapes.ts'

const mostNames = 200
/** Each word of a check is kept, so a check that never rests would fill the table. */
const mostStatuses = 2000

/**
 * Writes down what a check found out about a commit of this repository. @throws 403 `check-setter` where a branch's rule
 * names other tokens for it, 404 where no branch, tag or pull request holds the commit, 422
 */
export async function setStatus(
  { database, git, now }: RefParts,
  { place, caller, oid }: { place: RepositoryPlace; caller: Caller; oid: string },
  wanted: NewCommitStatus,
): Promise<CommitStatusTable> {
  const { repository, folder, path } = place
  const revision = await findRevision({ git, folder }, oid)
  // An annotated tag also leads to a commit, by another name.
  if (revision?.oid !== oid) throw notFound('This commit')
  const name = cleanCheckName(wanted.name)
  if (name === '') throw invalid('name', 'A check needs a name.')
  const rules = await listRules(database.read, repository.id)
  checkSpelling(rules, name)
  const tokenId = caller.by.kind === 'token' ? caller.by.tokenId : null
  const about = { target: { kind: 'commit', id: oid }, repositoryId: repository.id, actor: actorOf(caller) } as const
  const facts = { repository: path, oid, check: name, token: tokenId ?? '' }
  if (!maySet(rules, name, tokenId)) {
    await database.write((tx) =>
      recordEvent(tx, { action: 'status.refused', ...about, outcome: 'refused', facts, at: now() }),
    )
    throw new ProblemError(
      403,
      'check-setter',
      `“${name}” may only be set with the tokens that a branch’s rule names.`,
      {
        help: 'Use that token, or ask an administrator of this repository to name yours in the branch’s rule.',
      },
    )
  }
  return database.write(async (tx) => {
    const last = await checkRoom(tx, repository.id, { oid, name })
    const row: CommitStatusTable = {
      id: newId('sta'),
      repositoryId: repository.id,
      oid,
      name,
      state: wanted.state,
      description: (wanted.description ?? '').trim(),
      targetUrl: wanted.targetUrl ?? null,
      setBy: caller.id,
      tokenId,
      // Two words within one millisecond keep their order.
      createdAt: Math.max(now(), last + 1),
    }
    await tx.insertInto('commitStatus').values(row).execute()
    await recordEvent(tx, { action: 'status.set', ...about, facts: { ...facts, state: row.state }, at: now() })
    return row
  })
}

/** A name that a rule asks for is written as the rule writes it: one that only looks the same is a mistake, or a trick. @throws 422 */
function checkSpelling(rules: readonly BranchRule[], name: string): void {
  const asked = rules.flatMap(({ checks }) => checks.map((check) => check.name))
  if (asked.includes(name)) return
  const meant = asked.find((other) => foldCheckName(other) === foldCheckName(name))
  if (meant !== undefined) throw invalid('name', `A branch’s rule asks for “${meant}”: write it exactly so.`)
}

/** Where some branch takes its word; each branch's rule judges it once more when it counts. */
function maySet(rules: readonly BranchRule[], name: string, tokenId: Id<'tok'> | null): boolean {
  const asked = rules.flatMap(({ checks }) => checks.filter((check) => check.name === name))
  return (
    asked.length === 0 ||
    asked.some(({ tokenIds }) => tokenIds === null || (tokenId !== null && tokenIds.includes(tokenId)))
  )
}

/** When this check spoke last, else 0. @throws 422 where so much was said about the commit already */
async function checkRoom(
  db: Db<'commitStatus'>,
  repositoryId: Id<'rep'>,
  { oid, name }: { oid: string; name: string },
): Promise<number> {
  const names = await db
    .selectFrom('commitStatus')
    .select(({ fn }) => ['name', fn.countAll<number>().as('count'), fn.max('createdAt').as('last')])
    .where('repositoryId', '=', repositoryId)
    .where('oid', '=', oid)
    .groupBy('name')
    .execute()
  const own = names.find((row) => row.name === name)
  if (own === undefined && names.length >= mostNames)
    throw invalid('name', `${mostNames} checks said something about this commit already. Use the name of one of them.`)
  if (names.reduce((sum, { count }) => sum + count, 0) >= mostStatuses)
    throw invalid('oid', `${mostStatuses} statuses of this commit are kept already. Speak of a newer commit.`)
  return own === undefined ? 0 : own.last
}
