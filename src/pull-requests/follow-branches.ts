import { type AuditActor, recordEvent } from '../audit/record.ts'
import type { RefUpdateTable } from '../database/schema.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { auditMethod, type RefParts } from '../repositories/ref-updates.ts'
import { readRefs, updateServerRef } from '../repositories/refs.ts'
import { pullRef } from './records.ts'

type Moved = Pick<RefUpdateTable, 'ref' | 'actorId' | 'method' | 'strength'>

/**
 * After branches have moved: open pull requests show their new heads, and keep the last one of a branch that is gone.
 * What counts is where git has the branches now, so doing it twice, late or out of order does no harm.
 */
export async function followBranches(
  { database, git, now }: RefParts,
  place: Pick<RepositoryPlace, 'repository' | 'path' | 'folder'>,
  moved: readonly Moved[],
): Promise<void> {
  const byRef = new Map(moved.map((row) => [row.ref, row]))
  if (byRef.size === 0) return
  const rows = await database.read
    .selectFrom('pullRequest')
    .selectAll()
    .where('repositoryId', '=', place.repository.id)
    .where('state', '=', 'open')
    .where('sourceRef', 'in', [...byRef.keys()])
    .execute()
  const tips = await readRefs(git, place.folder, [...new Set(rows.map((row) => row.sourceRef))])
  const followed = rows.flatMap((row) => {
    const newOid = tips.get(row.sourceRef) ?? zeroOid
    const by = byRef.get(row.sourceRef)
    return newOid === row.headOid || by === undefined
      ? []
      : [{ row, newOid, isGone: newOid === zeroOid, actor: actorOfMove(by) }]
  })
  if (followed.length === 0) return
  await database.write(async (tx) => {
    const at = now()
    for (const { row, newOid, isGone, actor } of followed) {
      await tx
        .updateTable('pullRequest')
        .set({ updatedAt: at, ...(isGone ? {} : { headOid: newOid }) })
        .where('id', '=', row.id)
        .where('state', '=', 'open')
        .execute()
      await recordEvent(tx, {
        action: isGone ? 'pull-request.source-deleted' : 'pull-request.pushed',
        actor,
        target: { kind: 'pull-request', id: row.id },
        repositoryId: row.repositoryId,
        facts: { repository: place.path, number: row.number, oldOid: row.headOid, newOid },
        at,
      })
    }
  })
  for (const { row, newOid, isGone } of followed)
    await updateServerRef(git, place.folder, { ref: pullRef(row.number), newOid: isGone ? row.headOid : newOid })
}

const actorOfMove = ({ actorId, method, strength }: Moved): AuditActor => ({
  id: actorId,
  method: auditMethod(method),
  strength,
})
