import type { Database } from '../database/handles.ts'
import type { PolicyChangeTable } from '../database/schema.ts'
import type { TakenSeal } from '../http/access.ts'
import { conflict } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import { readPolicyActor } from '../identity/policy-actor.ts'
import type { Ceremonies } from '../identity/registration.ts'
import { decide } from '../policy/decide.ts'
import { actFacts } from '../seals/judge-tap.ts'
import { askForApproval } from './approval.ts'
import { addChange } from './changes.ts'
import { checkLastLockOut, checkMeant, checkOwnLockOut } from './check-draft.ts'
import { diffPolicies } from './differences.ts'
import type { LoadedPolicy } from './in-force.ts'
import { readPlaces, withIds } from './places.ts'
import type { NewPolicy } from './shapes.ts'

type Tx = Parameters<Parameters<Database['write']>[0]>[0]

/**
 * Puts a policy in force by the caller's tap, or lays it down for a second person where the rules in force ask for two.
 * @throws 409 where another change came first or somebody would be locked out, 422 naming each rule that cannot be meant
 */
export async function savePolicy(
  { ceremonies, policy }: { ceremonies: Ceremonies; policy: LoadedPolicy },
  wanted: NewPolicy & { caller: Caller; takeSeal: (tx: Tx) => Promise<TakenSeal> },
): Promise<PolicyChangeTable> {
  const { database, now } = ceremonies
  const { caller, basedOn } = wanted
  const at = now()
  const { $schema: _, ...draft } = withIds(wanted.policy, await readPlaces(database.read))
  await checkMeant(database.read, draft, at)
  await checkOwnLockOut(database.read, draft, { caller, at, address: caller.address })
  await checkLastLockOut(database.read, draft, { at, address: caller.address })
  const rules = policy.current()
  const people = await peopleAsked(ceremonies, caller, at)
  const saved = await database.write(async (tx) => {
    const seal = await wanted.takeSeal(tx)
    const proposal = { basedOn, policy: draft, caller, seal, at }
    if (people < 2) return addChange(tx, proposal, 'applied')
    const row = await addChange(tx, proposal, 'waiting')
    const differences = diffPolicies(rules.policy, draft)
    const asked = await askForApproval(tx, { row, caller, differences, at }, rules.digest)
    if (asked.length === 0)
      throw conflict('nobody-to-ask', 'There is no second administrator who could agree.', {
        help: 'Add one, or let the operator change the guardrails with postern admin guardrails.',
      })
    return row
  })
  await policy.refresh()
  return saved
}

/** By the rules in force, not by those proposed: else a change could do away with what guards it. */
async function peopleAsked({ database, policy }: Ceremonies, caller: Caller, at: number): Promise<number> {
  const actor = await readPolicyActor(database.read, caller)
  const facts = actFacts({ question: { act: 'guardrail.change', place: null }, caller, at }, actor, null)
  return decide(policy.current(), facts).requirement.people
}
