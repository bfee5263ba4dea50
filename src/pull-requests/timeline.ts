import { renderSentence } from '../audit/actions.ts'
import { readShownFacts } from '../audit/shown-facts.ts'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { PersonRef } from '../http/shapes.ts'
import { listPersonRefs } from '../identity/users.ts'
import type { PullRequestView } from './shapes.ts'

const mostEvents = 500
const fullOid = /^(?!0{40})[0-9a-f]{40}$/

/** Where a sentence names the pull request that it stands on. */
const here = '\0'

const nameOf = (actor: PersonRef | null): string => actor?.displayName ?? 'Somebody'

const onItsPage = (sentence: string): string => sentence.replace(/^\0#?/, 'This').replaceAll(/\0#?/g, 'this')

/** What happened to a pull request, in order, told by the ledger's own events. */
export async function readTimeline(
  db: Db<'auditEvent' | 'auditPersonal' | 'user'>,
  id: Id<'prq'>,
): Promise<PullRequestView['timeline']> {
  const rows = await db
    .selectFrom('auditEvent')
    .select(['id', 'occurredAt', 'action', 'actorId', 'leaf'])
    .where('targetId', '=', id)
    .where('targetKind', '=', 'pull-request')
    .where('outcome', '=', 'done')
    .orderBy('occurredAt')
    .orderBy('id')
    .limit(mostEvents)
    .execute()
  const people = await listPersonRefs(
    db,
    rows.map((row) => row.actorId),
  )
  const shownOf = await readShownFacts(db, rows)
  return rows.map((row) => {
    const { facts } = shownOf(row.id)
    const actor = people.get(row.actorId ?? '') ?? null
    const newOid = String(facts['newOid'] ?? '')
    const shown = { ...facts, repository: here, number: '', newOid: newOid.slice(0, 10), actor: nameOf(actor) }
    return {
      at: row.occurredAt,
      actor,
      sentence: onItsPage(renderSentence(row.action, shown)),
      oid: fullOid.test(newOid) ? newOid : null,
    }
  })
}
