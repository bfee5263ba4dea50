import type { Database } from '../database/handles.ts'
import type { Caller } from '../identity/caller.ts'
import { checkPolicy } from '../policy/check-policy.ts'
import type { PolicyProblem } from '../policy/policy-problem.ts'
import { type CompiledPolicy, compilePolicy } from '../policy/compile.ts'
import type { Policy } from '../policy/rule.ts'
import { listAffected } from './affected.ts'
import { listNewlyBad } from './bad-models.ts'
import { diffPolicies } from './differences.ts'
import { readKnownNames } from './known-names.ts'
import { findLastAdministratorLockOut, findOwnLockOut, type LockOut } from './lock-out.ts'
import { readPlaces } from './places.ts'
import { replay } from './replay.ts'
import type { Explanation } from './shapes.ts'

const replayedMs = 30 * 86_400_000

/**
 * What a draft would mean, before it is saved: whether it can be, whom it concerns, and what it would have decided over
 * the last 30 days. Rules with a problem are left out of the rest, so that one mistake does not hide what the others do.
 * @param draft projects and repositories by id
 */
export async function explain(
  { database: { read: db } }: { database: Pick<Database, 'read'> },
  {
    draft,
    current,
    caller,
    at,
    address,
  }: {
    draft: Policy
    current: CompiledPolicy
    caller: Pick<Caller, 'id'>
    at: number
    address: string
  },
): Promise<Explanation> {
  const problems = checkPolicy(draft, await readKnownNames(db, await readPlaces(db)), at)
  const faulty = new Set(problems.map(({ rule }) => rule))
  const after = compilePolicy({ ...draft, rules: draft.rules.filter(({ id }) => !faulty.has(id)) })
  const broken = await listNewlyBad(db, {
    before: current.policy.refusedModelStatuses,
    after: draft.refusedModelStatuses,
    at,
  })
  const period = { from: at - replayedMs, to: at }
  return {
    problems: [
      ...problems,
      ...asProblem(await findLastAdministratorLockOut(db, after, { at, address })),
      ...asProblem(await findOwnLockOut(db, after, { caller, at, address })),
    ],
    differences: diffPolicies(current.policy, draft),
    people: await listAffected(db, { before: current, after, at }),
    replay: { ...period, ...(await replay(db, { policy: after, ...period, examplesPerRow: 3, broken })) },
  }
}

const asProblem = (found: LockOut | null): PolicyProblem[] =>
  found === null ? [] : [{ rule: found.rule?.id ?? '', message: found.sentence }]
