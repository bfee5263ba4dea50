import { type NamedIn, namePerson } from '../audit/name-person.ts'
import { recordEvent } from '../audit/record.ts'
import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TableName } from '../database/schema.ts'
import { conflict, forbidden, lookAgain } from '../http/problem.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import { closeRequestsAbout } from '../seals/withdraw.ts'
import { findMethodRefusal } from './merge-methods.ts'
import type { MergeReleaseParts } from './merge.ts'
import { branchName, checkNotDraft, getPullRequest, type PullRequest } from './records.ts'
import type { MergeMethod } from './shapes.ts'
import { findTargetRule } from './target-rule.ts'
import type { Which } from './note-change.ts'

/**
 * From now on this person is asked for the tap as soon as nothing else is missing. No tap is kept: it is asked for at that
 * moment, over exactly what is there then. @throws 403 for anything but a person, 409
 */
export async function switchOn(
  { database, now }: Pick<MergeReleaseParts, 'database' | 'now'>,
  { place, caller, number }: Which,
  method: MergeMethod,
): Promise<void> {
  if (caller.kind !== 'person')
    throw forbidden('Only a person can ask for this: they are the one who taps.', 'Ask a person who may merge here.')
  const row = await getPullRequest(database.read, place.repository.id, number)
  checkNotDraft(row)
  const rule = await findTargetRule(database.read, row)
  const refusal = findMethodRefusal({ method, rule, branch: branchName(row.targetRef) })
  if (refusal !== undefined) throw conflict('method-refused', refusal, { help: 'Choose another way to merge.' })
  await database.write(async (tx) => {
    const at = now()
    const changed = await tx
      .updateTable('pullRequest')
      .set({ autoMergeBy: caller.id, autoMergeMethod: method, updatedAt: at })
      .where('id', '=', row.id)
      .where('state', '=', 'open')
      .where('isDraft', '=', 0)
      .returning('id')
      .executeTakeFirst()
    if (changed === undefined)
      throw conflict('changed-meanwhile', 'Somebody else changed this at the same moment.', { help: lookAgain })
    // What was asked before was for another person, or another way to merge.
    await closeRequestsAbout(tx, [row.id])
    await recordEvent(tx, {
      action: 'auto-merge.on',
      actor: actorOf(caller),
      ...aboutOf(row),
      facts: { ...(await factsOf(tx, row)), method },
      at,
    })
  })
}

/** Whoever may write may switch it off; nothing happens where it is off. */
export async function switchOffByHand(
  { database, now }: Pick<MergeReleaseParts, 'database' | 'now'>,
  { place, caller, number }: Which,
): Promise<void> {
  const row = await getPullRequest(database.read, place.repository.id, number)
  await database.write((tx) =>
    switchOff(tx, row.id, {
      actor: caller,
      reason: namePerson('reason', caller, (name) => `${name} switched it off`),
      at: now(),
    }),
  )
}

/** Nobody is asked any more, and everybody can read why. Does nothing where it is off already. */
export async function switchOff(
  tx: Tx<TableName>,
  id: Id<'prq'>,
  { actor, reason, at }: { actor: Caller | null; reason: string | NamedIn<'reason'>; at: number },
): Promise<void> {
  const row = await tx
    .updateTable('pullRequest')
    .set({ autoMergeBy: null, autoMergeMethod: null })
    .where('id', '=', id)
    .where('autoMergeBy', 'is not', null)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return
  await closeRequestsAbout(tx, [id])
  const why = typeof reason === 'string' ? { facts: { reason }, personal: {} } : reason
  await recordEvent(tx, {
    action: 'auto-merge.off',
    actor: actor === null ? null : actorOf(actor),
    ...aboutOf(row),
    facts: { ...(await factsOf(tx, row)), ...why.facts },
    personal: why.personal,
    at,
  })
}

export const aboutOf = (row: Pick<PullRequest, 'id' | 'repositoryId'>) => ({
  target: { kind: 'pull-request', id: row.id },
  repositoryId: row.repositoryId,
})

/** How the events name it. */
export async function factsOf(
  db: Db<'repository' | 'project'>,
  row: Pick<PullRequest, 'repositoryId' | 'number'>,
): Promise<{ repository: string; number: number }> {
  const found = await db
    .selectFrom('repository')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .select(['repository.name', 'project.name as project'])
    .where('repository.id', '=', row.repositoryId)
    .executeTakeFirst()
  return { repository: found === undefined ? '' : `${found.project}/${found.name}`, number: row.number }
}
