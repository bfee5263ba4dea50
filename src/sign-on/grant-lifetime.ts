import type { Database } from '../database/handles.ts'
import type { Caller } from '../identity/caller.ts'
import { readPolicyActor } from '../identity/policy-actor.ts'
import { decide } from '../policy/decide.ts'
import type { PolicyInForce } from '../policy/in-force.ts'

const mostDays = 90

/** How many days a program may stay let in: 90, or as many as the rules of today let this person's tokens live. */
export async function grantLifetimeDays(
  { database, policy, now }: { database: Pick<Database, 'read'>; policy: PolicyInForce; now: () => number },
  caller: Caller,
): Promise<number> {
  const actor = await readPolicyActor(database.read, caller)
  const facts = { at: now(), actor, place: null, address: caller.address, proof: null }
  const limits = (['token.create', 'token.use'] as const).map(
    (act) => decide(policy.current(), { act, ...facts }).requirement.tokenLifetimeDays ?? mostDays,
  )
  return Math.min(mostDays, ...limits)
}
