import type { Caller } from '../identity/caller.ts'
import type { ActName } from '../policy/acts.ts'
import type { CompiledPolicy } from '../policy/compile.ts'
import { decide } from '../policy/decide.ts'
import type { RuleRef } from '../policy/rule.ts'
import { type Circumstance, factsOfProbe, judgeEntry, judgeKeys, type Refusal } from './probe.ts'
import type { StandingDb } from './read-own.ts'
import { readStandings, type Standing } from './standings.ts'
import { tellMissing } from './tell.ts'

/** Why a policy cannot be saved, in a sentence, and the rule it follows from. */
export interface LockOut {
  rule: RuleRef | null
  sentence: string
}

/**
 * Whether nobody would be left who could change the policy back. Example people do not count: nobody holds their keys.
 * @param here where the caller is now: administrators are judged from there too, not only from where they were last
 */
export async function findLastAdministratorLockOut(
  db: StandingDb,
  policy: CompiledPolicy,
  here: Circumstance,
): Promise<LockOut | null> {
  const standings = await readStandings(db, { policies: [policy], roles: ['owner', 'admin'], at: here.at })
  const judged = standings
    .filter(({ isDemo }) => !isDemo)
    .map((standing) => ({
      two: secondPerson(policy, standing, here),
      change: judgeFrom(policy, standing, 'guardrail.change', here),
      approve: judgeFrom(policy, standing, 'guardrail.approve', here),
    }))
  const able = judged.filter(({ change }) => change === undefined)
  const needing = able.find(({ two }) => two !== undefined)
  if (able.some((one) => one.two === undefined || judged.some((other) => other !== one && !other.approve))) return null
  return needing === undefined
    ? {
        rule: judged.flatMap(({ change }) => change?.decision.unmet ?? [])[0]?.rule ?? null,
        sentence: 'No administrator would be left who could sign in and change the guardrails.',
      }
    : {
        rule: needing.two ?? null,
        sentence:
          'Changing a guardrail would take two administrators, and there would not be two who could tap for it.',
      }
}

/** Whether the caller themself, coming from where they are, could no longer get in or change the policy back. */
export async function findOwnLockOut(
  db: StandingDb,
  policy: CompiledPolicy,
  { caller, ...here }: Circumstance & { caller: Pick<Caller, 'id'> },
): Promise<LockOut | null> {
  const [standing] = await readStandings(db, { policies: [policy], id: caller.id, at: here.at })
  if (standing === undefined) return null
  const refusal = judgeAct(policy, standing, 'guardrail.change', here)
  if (refusal === undefined) return null
  return {
    rule: refusal.decision.unmet[0]?.rule ?? null,
    sentence: `This would lock you out: ${tellMissing(refusal, standing.keys, 'you come')}.`,
  }
}

function judgeFrom(
  policy: CompiledPolicy,
  standing: Standing,
  act: ActName,
  { at, address }: Circumstance,
): Refusal | undefined {
  const there = standing.address ?? address
  const refusal = judgeAct(policy, standing, act, { at, address: there })
  return refusal === undefined || there === address ? refusal : judgeAct(policy, standing, act, { at, address })
}

const judgeAct = (policy: CompiledPolicy, standing: Standing, act: ActName, circumstance: Circumstance) =>
  judgeEntry(policy, standing, circumstance) ?? judgeKeys(policy, standing, { act, place: null }, circumstance)

/** The rule by which a change of theirs takes a second person. */
function secondPerson(policy: CompiledPolicy, standing: Standing, here: Circumstance): RuleRef | undefined {
  const facts = factsOfProbe(standing, standing.keys[0], { act: 'guardrail.change', place: null }, here)
  const { requirement } = decide(policy, facts)
  return requirement.people > 1 ? requirement.from.people : undefined
}
