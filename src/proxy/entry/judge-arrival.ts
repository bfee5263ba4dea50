import type { RecordedDecision } from '../../audit/decision.ts'
import { findSessionCallerById } from '../../identity/sessions.ts'
import { readPath } from '../door/read-path.ts'
import type { Route } from '../route.ts'
import { judgeEntry } from './judge-entry.ts'
import type { EntryParts } from './parts.ts'
import { findRouteCode } from './route-codes.ts'

/**
 * What the event of somebody's coming in keeps of the decision on it: the one of now, for the page that they were on the
 * way to. It opens nothing: each request is judged by itself.
 */
export async function judgeArrival(
  { database, policy, now }: Pick<EntryParts, 'database' | 'policy' | 'now'>,
  { code, route, address }: { code: string; route: Route; address: string },
): Promise<RecordedDecision | undefined> {
  const row = await findRouteCode(database.read, code)
  if (row === undefined || row.applicationId !== route.application.id) return undefined
  const at = now()
  // It was counted where the code was made.
  const parts = { database, policy: { current: () => policy.current() } }
  const caller = await findSessionCallerById(parts, { sessionId: row.sessionId, address, isAgain: true }, at)
  if (caller === undefined) return undefined
  const asked = { path: readPath(row.path)?.path ?? '/', method: 'GET', address }
  const verdict = await judgeEntry(parts, route, caller, asked, at)
  return verdict.outcome === 'allow' ? verdict.recorded : undefined
}
