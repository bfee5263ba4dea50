import type { RefUpdateTable } from '../database/schema.ts'
import { placeOf } from './access.ts'
import { GitError } from './git.ts'
import type { RepositoryPlace } from './place.ts'
import { type RefDone, type RefParts, pointHead, settleRefUpdates, writeObject } from './ref-updates.ts'
import { readRef, updateRef } from './refs.ts'

/**
 * At start, before the first request: every update that was prepared but not settled is settled by what git holds. A
 * merge or tag whose seal was taken but whose ref still waits is finished from what was sealed, so that no tap is lost.
 */
export async function reconcile(parts: RefParts & { root: string; onDone?: RefDone }): Promise<void> {
  const { database, root, now, onDone } = parts
  const rows = await database.read
    .selectFrom('refUpdate')
    .selectAll()
    .where('state', '=', 'prepared')
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .execute()
  for (const [repositoryId, prepared] of Map.groupBy(rows, (row) => row.repositoryId)) {
    const repository = await database.read
      .selectFrom('repository')
      .selectAll()
      .where('id', '=', repositoryId)
      .executeTakeFirst()
    const project =
      repository &&
      (await database.read.selectFrom('project').selectAll().where('id', '=', repository.projectId).executeTakeFirst())
    if (repository === undefined || project === undefined) {
      await database.write((tx) =>
        tx
          .updateTable('refUpdate')
          .set({ state: 'abandoned', finishedAt: now() })
          .where('repositoryId', '=', repositoryId)
          .where('state', '=', 'prepared')
          .execute(),
      )
      continue
    }
    const place = placeOf(root, { repository, project }, 'admin')
    const outcomes: Outcome[] = []
    for (const row of prepared) outcomes.unshift({ row, hasMoved: await hasMoved(parts, place, row, outcomes) })
    await pointHead(
      parts,
      place,
      outcomes.filter((outcome) => outcome.hasMoved).map(({ row }) => row),
    )
    await database.write((tx) => settleRefUpdates(tx, { repository, path: place.path, outcomes, at: now(), onDone }))
  }
}

type Outcome = { row: RefUpdateTable; hasMoved: boolean }

async function hasMoved(
  parts: RefParts,
  place: RepositoryPlace,
  row: RefUpdateTable,
  later: readonly Outcome[],
): Promise<boolean> {
  const tip = await readRef(parts.git, place.folder, row.ref)
  if (tip === row.newOid) return true
  // An update that began where this one ended tells that this one took place.
  if (later.some((other) => other.hasMoved && other.row.ref === row.ref && other.row.oldOid === row.newOid)) return true
  if (await hasSuccessor(parts, row)) return true
  // A merge or a tag was tapped for and its objects are there; a push that was cut off is told to whoever pushed.
  const isPush = row.pullRequestId === null && row.commitBytes === null
  if (isPush || row.sealId === null || tip !== row.oldOid) return false
  return finishSealed(parts, place, row, row.commitBytes === null ? null : Buffer.from(row.commitBytes, 'base64'))
}

async function hasSuccessor({ database }: RefParts, row: RefUpdateTable): Promise<boolean> {
  const next = await database.read
    .selectFrom('refUpdate')
    .select('id')
    .where('repositoryId', '=', row.repositoryId)
    .where('ref', '=', row.ref)
    .where('oldOid', '=', row.newOid)
    .where('state', '=', 'done')
    .where('createdAt', '>=', row.createdAt)
    .executeTakeFirst()
  return next !== undefined
}

async function finishSealed(
  { git }: RefParts,
  place: RepositoryPlace,
  row: RefUpdateTable,
  /** Null where the seal stands beside commits that were written before. */
  object: Buffer | null,
): Promise<boolean> {
  try {
    if (object !== null) await writeObject(git, place.folder, object, row.newOid)
    // The tree was written before the row was; a power cut or an operator's hand may still have taken it.
    await git.run(['rev-list', '--objects', '--quiet', '--not', '--all', '--not', '--end-of-options', row.newOid], {
      repository: place.folder,
    })
    await updateRef(git, place.folder, row)
    return true
  } catch (error) {
    if (error instanceof GitError) return false
    throw error
  }
}
