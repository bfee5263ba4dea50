import type { Database } from '../../database/handles.ts'
import type { ApiTokenTable } from '../../database/schema.ts'
import { forbidden, conflict } from '../../http/problem.ts'
import type { Caller } from '../../identity/caller.ts'
import { readPolicyActor } from '../../identity/policy-actor.ts'
import { decide } from '../../policy/decide.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'

const dayMs = 24 * 3_600_000

/**
 * Until when a token lasts that renews itself now: for as long as it was given each time, never beyond what its person
 * tapped for, and no longer than a token made today may live. @throws 403, 409 where it may not, or not any more
 */
export async function renewedUntil(
  { database, policy }: { database: Pick<Database, 'read'>; policy: PolicyInForce },
  { caller, row }: { caller: Caller; row: ApiTokenTable },
  at: number,
): Promise<number> {
  const { renewableUntil, createdAt, renewedAt, expiresAt } = row
  if (renewableUntil === null)
    throw forbidden('This token may not renew itself.', 'Its owner gives it a new secret with a tap, under Account.')
  if (at >= renewableUntil)
    throw conflict('renewals-over', 'The time in which this token may renew itself is over.', {
      help: 'Its owner gives it a new secret with a tap, under Account.',
    })
  const { tokenLifetimeDays } = decide(policy.current(), {
    act: 'token.create',
    at,
    actor: await readPolicyActor(database.read, caller),
    place: null,
    address: caller.address,
    proof: null,
  }).requirement
  return Math.min(
    at + (expiresAt - (renewedAt ?? createdAt)),
    renewableUntil,
    at + (tokenLifetimeDays ?? Infinity) * dayMs,
  )
}
