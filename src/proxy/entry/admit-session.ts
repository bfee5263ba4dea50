import type { Caller } from '../../identity/caller.ts'
import { findSessionCallerById } from '../../identity/sessions.ts'
import { hashSecret } from '../../http/secret.ts'
import type { CompiledPolicy } from '../../policy/compile.ts'
import type { Route } from '../route.ts'
import type { EntryParts } from './parts.ts'
import { findRouteSession } from './route-sessions.ts'
import { type Standing, standingMs } from './standings.ts'

/** Whose session a cookie of this host opens, if it was made for this route and still lives. */
export async function findStanding(
  { database, policy, now }: Pick<EntryParts, 'database' | 'policy' | 'now'>,
  { secret, route, ...shown }: { secret: string; route: Route; address: string; isAgain: boolean; isUse?: boolean },
): Promise<Standing | undefined> {
  const { address, isAgain } = shown
  const at = now()
  const rules = policy.current()
  const [row] = await findRouteSession(database.read, { secretHash: hashSecret(secret) })
  // The cookie of another route, planted here, opens nothing.
  if (row === undefined || row.applicationId !== route.application.id) return undefined
  const caller = await findSessionCallerById({ database, policy }, { sessionId: row.sessionId, ...shown }, at)
  if (caller === undefined) return undefined
  const endsWith = [caller.id, row.sessionId, row.id]
  return standingOf({ caller, route, address, policy: rules, isAgain, at }, endsWith, row.createdAt)
}

export const standingOf = (
  {
    caller,
    route,
    address,
    policy,
    isAgain,
    at,
  }: { caller: Caller; route: Route; address: string; policy: CompiledPolicy; isAgain: boolean; at: number },
  endsWith: readonly string[],
  openedAt: number,
): Standing => ({
  caller,
  route,
  address,
  policy,
  isAgain,
  endsWith,
  openedAt,
  until: at + standingMs,
  verdicts: new Map(),
})
