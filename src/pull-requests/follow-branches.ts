import { type AuditActor, recordEvent } from '../audit/record.ts'
import type { RefUpdateTable } from '../database/schema.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import { GitError } from '../repositories/git-error.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { auditMethod, type RefParts } from '../repositories/ref-updates.ts'
import { readRef, readRefs, updateServerRef } from '../repositories/refs.ts'
import { type PullRequest, pullRef } from './records.ts'

type Moved = Pick<RefUpdateTable, 'ref' | 'actorId' | 'method' | 'strength'>

/**
 * After branches have moved: open pull requests show their new heads, and keep the last one of a branch that is gone.
 * What counts is where git has the branches now, so doing it twice, late or out of order does no harm.
 */
export async function followBranches(
  parts: RefParts,
  place: Pick<RepositoryPlace, 'repository' | 'path' | 'folder'>,
  moved: readonly Moved[],
): Promise<void> {
  const byRef = new Map(moved.map((row) => [row.ref, row]))
  // Of two who follow at once, the one who looked earlier looks again.
  while (byRef.size > 0 && (await followOnce(parts, place, byRef)) === 'overtaken');
}

/** For a pull request that was just opened: its branch may have moved on while nobody followed it yet. */
export async function catchUp(parts: RefParts, place: RepositoryPlace, row: PullRequest): Promise<void> {
  const last = await parts.database.read
    .selectFrom('refUpdate')
    .select(['ref', 'actorId', 'method', 'strength'])
    .where('repositoryId', '=', place.repository.id)
    .where('ref', '=', row.sourceRef)
    .where('state', '!=', 'abandoned')
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .execute()
  await followBranches(parts, place, last)
  await keepHead(parts, place, row)
}

async function followOnce(
  { database, git, now }: RefParts,
  place: Pick<RepositoryPlace, 'repository' | 'path' | 'folder'>,
  byRef: ReadonlyMap<string, Moved>,
): Promise<'followed' | 'overtaken'> {
  const rows = await database.read
    .selectFrom('pullRequest')
    .selectAll()
    .where('repositoryId', '=', place.repository.id)
    .where('state', '=', 'open')
    .where('sourceRef', 'in', [...byRef.keys()])
    .execute()
  const tips = await readRefs(git, place.folder, [...new Set(rows.map((row) => row.sourceRef))])
  const found = rows.flatMap((row) => {
    const newOid = tips.get(row.sourceRef) ?? zeroOid
    const by = byRef.get(row.sourceRef)
    return newOid === row.headOid || by === undefined
      ? []
      : [{ row, newOid, isGone: newOid === zeroOid, actor: actorOfMove(by) }]
  })
  if (found.length === 0) return 'followed'
  const followed = await database.write(async (tx) => {
    const at = now()
    const taken: typeof found = []
    for (const one of found) {
      const { row, newOid, isGone, actor } = one
      const changed = await tx
        .updateTable('pullRequest')
        .set({ updatedAt: at, ...(isGone ? {} : { headOid: newOid }) })
        .where('id', '=', row.id)
        .where('state', '=', 'open')
        .where('headOid', '=', row.headOid)
        .returning('id')
        .executeTakeFirst()
      if (changed === undefined) continue
      taken.push(one)
      await recordEvent(tx, {
        action: isGone ? 'pull-request.source-deleted' : 'pull-request.pushed',
        actor,
        target: { kind: 'pull-request', id: row.id },
        repositoryId: row.repositoryId,
        facts: { repository: place.path, number: row.number, oldOid: row.headOid, newOid },
        at,
      })
    }
    return taken
  })
  for (const { row } of followed) await keepHead({ database, git }, place, row)
  return followed.length < found.length ? 'overtaken' : 'followed'
}

const mostTries = 5

/** Keeps the head of now where nobody can push, whoever else does the same at this moment. */
async function keepHead(
  { database, git }: Pick<RefParts, 'database' | 'git'>,
  { folder }: Pick<RepositoryPlace, 'folder'>,
  { id, number }: Pick<PullRequest, 'id' | 'number'>,
): Promise<void> {
  const ref = pullRef(number)
  for (let tries = 1; ; tries++) {
    const oldOid = await readRef(git, folder, ref)
    const row = await database.read.selectFrom('pullRequest').select('headOid').where('id', '=', id).executeTakeFirst()
    if (row === undefined || row.headOid === oldOid) return
    try {
      return await updateServerRef(git, folder, { ref, oldOid, newOid: row.headOid })
    } catch (error) {
      if (!(error instanceof GitError) || tries === mostTries) throw error
    }
  }
}

const actorOfMove = ({ actorId, method, strength }: Moved): AuditActor => ({
  id: actorId,
  method: auditMethod(method),
  strength,
})
