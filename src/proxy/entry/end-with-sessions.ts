import type { EventFollower } from '../../audit/follow-events.ts'
import type { Action } from '../../audit/actions.ts'
import type { Id } from '../../database/id.ts'
import { type CutRouteSession, endRouteSessions } from './route-sessions.ts'

/** Events in whose transaction sessions may have ended: one, some of a person, or those that began in some way. */
const endsSessions: ReadonlySet<Action> = new Set<Action>([
  'session.ended',
  'session.ended-other',
  'session.ended-upstream',
  'password.changed',
  'credential.removed',
  'person.registered',
  'identity.unlinked',
  'provider.changed',
  'provider.removed',
])

/**
 * What hangs on a session ends with it: what a browser holds on the hosts of routes, in the transaction of that end, and
 * what is open there once it has committed.
 */
export const createRouteSessionFollower =
  (cut: CutRouteSession): EventFollower =>
  async (tx, { action, target, at }) => {
    if (!endsSessions.has(action)) return
    const over = await tx
      .selectFrom('routeSession')
      .innerJoin('session', 'session.id', 'routeSession.sessionId')
      .leftJoin('credentialRecord', 'credentialRecord.id', 'session.credentialRecordId')
      .select('routeSession.id')
      .where('routeSession.endedAt', 'is', null)
      .where((eb) => eb.or([eb('session.endedAt', 'is not', null), eb('credentialRecord.endedAt', 'is not', null)]))
      .$if(target.kind === 'session', (query) => query.where('session.id', '=', target.id as Id<'ses'>))
      .$if(target.kind === 'user', (query) => query.where('session.userId', '=', target.id as Id<'usr'>))
      .execute()
    for (const { id } of over) await endRouteSessions(tx, { id }, { cut, at })
  }
