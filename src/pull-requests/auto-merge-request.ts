import { recordEvent } from '../audit/record.ts'
import type { Database, Db } from '../database/handles.ts'
import type { SealRequestTable } from '../database/schema.ts'
import type { User } from '../identity/users.ts'
import { createSealRequest, draftOf, getSealRequest, offerElsewhere } from '../seals/requests.ts'
import { closeRequestsAbout } from '../seals/withdraw.ts'
import { aboutOf, factsOf } from './auto-merge.ts'
import { methodWords } from './merge-methods.ts'
import type { ReadyMerge } from './prepare-merge.ts'
import type { PullRequest } from './records.ts'
import { headOf } from './release.ts'

/**
 * Asks this person for the tap of a merge that waits for nothing else, unless exactly this is asked for already. What
 * was asked for before, over other facts, is taken back. Safe with several nodes: the row is locked first.
 */
export function askForTap(
  database: Database,
  { row, request }: ReadyMerge,
  { person, at }: { person: Pick<User, 'id' | 'username'>; at: number },
): Promise<void> {
  const method = row.autoMergeMethod
  return database.write(async (tx) => {
    const same = await tx
      .updateTable('pullRequest')
      .set({ autoMergeBy: person.id })
      .where('id', '=', row.id)
      .where('state', '=', 'open')
      .where('autoMergeBy', '=', person.id)
      .where('autoMergeMethod', '=', method)
      .returning('id')
      .executeTakeFirst()
    if (same === undefined || method === null || method !== request.action) return
    const open = await tx
      .selectFrom('sealRequest')
      .selectAll()
      .where('about', '=', row.id)
      .where('userId', '=', person.id)
      .where('state', '=', 'open')
      .where('expiresAt', '>', at)
      .execute()
    if (open.some((each) => isSame(each, request))) return
    await closeRequestsAbout(tx, [row.id])
    const warnings = ['You asked to merge this as soon as it is ready: your tap merges it at once.']
    const facts = { ...request.facts, warnings: [...warnings, ...request.facts.warnings] }
    const made = await createSealRequest(tx, { ...request, facts, about: row.id, at })
    // Nobody has the page in front of them: it stands in their inbox and has a link.
    await offerElsewhere(tx, await getSealRequest(tx, made.id, person.id), { address: '', device: '', at })
    await recordEvent(tx, {
      action: 'auto-merge.asked',
      actor: null,
      ...aboutOf(row),
      facts: {
        ...(await factsOf(tx, row)),
        person: person.username,
        method: methodWords[method],
        head: headOf(request.draft.statement) ?? '',
        request: made.id,
      },
      at,
    })
  })
}

/** What this pull request's person was asked last. */
export const findLastRequest = (
  db: Db<'sealRequest'>,
  row: Pick<PullRequest, 'id' | 'autoMergeBy'>,
): Promise<SealRequestTable | undefined> =>
  db
    .selectFrom('sealRequest')
    .selectAll()
    .where('about', '=', row.id)
    .where('userId', '=', row.autoMergeBy)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()

/** Whether the request that waits still asks for exactly this. */
function isSame(waiting: SealRequestTable, { draft, action }: ReadyMerge['request']): boolean {
  const [one, other] = [draftOf(waiting).statement, draft.statement]
  return (
    waiting.action === action &&
    headOf(one) === headOf(other) &&
    one.predicate.fromID === other.predicate.fromID &&
    one.predicate.targetRef === other.predicate.targetRef &&
    one.predicate.policyDigest === other.predicate.policyDigest
  )
}
