import { firstEventIdAt } from '../../audit/event-id.ts'
import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'

/** Sessions that tools keep longer without asking again are rare. */
const lookedBackMs = 30 * 24 * 3_600_000

/**
 * The names of applications that were told by SAML lately that somebody is there. SAML has no word that this is over, so
 * nothing is kept of it but the record of each opening.
 */
export async function listOpenedBySaml(
  db: Db<'auditEvent' | 'application'>,
  { userId, at }: { userId: Id<'usr'>; at: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('auditEvent')
    .innerJoin('application', 'application.id', 'auditEvent.targetId')
    .select('application.name')
    .distinct()
    .where('auditEvent.actorId', '=', userId)
    .where('auditEvent.id', '>=', firstEventIdAt(Math.max(0, at - lookedBackMs)))
    .where('auditEvent.action', '=', 'application.opened')
    .where('application.kind', '=', 'saml')
    .orderBy('application.name')
    .execute()
  return rows.map(({ name }) => name)
}
