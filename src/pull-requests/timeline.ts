import { renderSentence } from '../audit/actions.ts'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { listPersonRefs } from '../identity/users.ts'
import type { PullRequestView } from './shapes.ts'

const mostEvents = 500
const fullOid = /^(?!0{40})[0-9a-f]{40}$/

/** What happened to a pull request, in order, told by the ledger's own events. */
export async function readTimeline(db: Db<'auditEvent' | 'user'>, id: Id<'prq'>): Promise<PullRequestView['timeline']> {
  const rows = await db
    .selectFrom('auditEvent')
    .select(['occurredAt', 'action', 'actorId', 'leaf'])
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
  return rows.map((row) => {
    const { facts } = JSON.parse(row.leaf) as { facts: Record<string, string | number> }
    const actor = people.get(row.actorId ?? '') ?? null
    const newOid = String(facts['newOid'] ?? '')
    const shown = { ...facts, newOid: newOid.slice(0, 10), actor: actor?.displayName ?? 'Somebody' }
    return {
      at: row.occurredAt,
      actor,
      sentence: renderSentence(row.action, shown),
      oid: fullOid.test(newOid) ? newOid : null,
    }
  })
}
