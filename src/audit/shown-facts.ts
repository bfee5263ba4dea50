import type { Db } from '../database/handles.ts'
import type { AuditEventTable } from '../database/schema.ts'
import { namedIn } from './actions.ts'

export interface ShownFacts {
  facts: Record<string, string | number>
  /** Which decided, where a decision stands in the leaf. */
  rule: string | undefined
}

interface Leaf {
  facts: Record<string, string | number>
  decision?: { rule: string }
  personal?: Record<string, string>
}

/**
 * What the sentences of these events are told with, by event. Names of people stand beside the leaf, and once they are
 * erased the leaf's own words are left, which know people by their usernames; older events have names in their leaf.
 */
export async function readShownFacts(
  db: Db<'auditPersonal'>,
  rows: readonly Pick<AuditEventTable, 'id' | 'action' | 'leaf'>[],
): Promise<(id: AuditEventTable['id']) => ShownFacts> {
  const leaves = rows.map(({ id, action, leaf: bytes }) => {
    const leaf = JSON.parse(bytes) as Leaf
    return { id, leaf, beside: namedIn(action).filter((name) => Object.hasOwn(leaf.personal ?? {}, name)) }
  })
  const shown = new Map(leaves.map(({ id, leaf: { facts, decision } }) => [id, { facts, rule: decision?.rule }]))
  const named = leaves.filter(({ beside }) => beside.length > 0)
  if (named.length > 0) {
    const found = await db
      .selectFrom('auditPersonal')
      .select(['eventId', 'field', 'value'])
      .where(
        'eventId',
        'in',
        named.map(({ id }) => id),
      )
      .where('field', 'in', [...new Set(named.flatMap(({ beside }) => beside))])
      .execute()
    for (const { eventId, field, value } of found) {
      const about = shown.get(eventId)
      if (about !== undefined) about.facts = { ...about.facts, [field]: value }
    }
  }
  return (id) => shown.get(id) ?? { facts: {}, rule: undefined }
}
