import type { RecordedDecision } from '../audit/decision.ts'
import type { Db } from '../database/handles.ts'
import type { Caller } from '../identity/caller.ts'
import type { CredentialRecord } from '../identity/credential-records.ts'
import { policyKey, readTapper } from '../identity/policy-actor.ts'
import type { ActName } from '../policy/acts.ts'
import { type Decision, decide } from '../policy/decide.ts'
import type { ActPlace, DecisionFacts, PolicyActor } from '../policy/facts.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { recordDecision } from '../policy/record-decision.ts'
import { credentialStrength, weaker } from '../policy/strength.ts'
import { explainDecision } from '../policy/words.ts'
import type { SealTable } from '../database/schema.ts'

/** Which act a seal is to allow, and where: what the rules are asked about at every step of it. */
export interface TapQuestion {
  act: ActName
  /** A second act that the same tap allows, e.g. that it goes past a rule: both must be allowed. */
  also?: ActName
  place: ActPlace | null
  /** For the making of an API token. */
  lifetimeDays?: number
}

export interface JudgedTap {
  decision: Decision
  /** Why not, in a sentence; empty where it is allowed. */
  sentence: string
  recorded: RecordedDecision
}

export type TapJudge = (record: CredentialRecord, tap?: { made: Pick<SealTable, 'strength' | 'sealedAt'> }) => JudgedTap

/**
 * Judges taps of one person for one act by the rules in force: before the tap, at it, and once more when the seal is
 * used. A made seal counts for no more than its key is worth today.
 */
export async function createTapJudge(
  { db, policy }: { db: Db<'groupMember' | 'recovery'>; policy: PolicyInForce },
  asked: { question: TapQuestion; caller: Pick<Caller, 'id' | 'kind' | 'username' | 'role' | 'address'>; at: number },
): Promise<TapJudge> {
  const actor = await readTapper(db, asked.caller)
  return (record, tap) => {
    const own = credentialStrength(record)
    const strength = tap === undefined ? own : weaker(tap.made.strength, own)
    const ageSeconds = tap === undefined ? 0 : Math.max(0, (asked.at - tap.made.sealedAt) / 1000)
    const compiled = policy.current()
    const judge = (act: ActName): JudgedTap => {
      const question = { ...asked.question, act }
      const proof = { strength, ageSeconds, boundToAct: true, key: policyKey(record) }
      const facts = actFacts({ ...asked, question }, actor, proof)
      const decision = decide(compiled, facts)
      return {
        decision,
        sentence: explainDecision(decision, facts),
        recorded: recordDecision(compiled, facts, decision),
      }
    }
    const judged = judge(asked.question.act)
    // The rarer act is the one to be found in the record.
    return asked.question.also === undefined || judged.decision.outcome !== 'allow'
      ? judged
      : judge(asked.question.also)
  }
}

export function actFacts(
  { question, caller, at }: { question: TapQuestion; caller: { address: string | null }; at: number },
  actor: PolicyActor,
  proof: DecisionFacts['proof'],
): DecisionFacts {
  const { act, place, lifetimeDays } = question
  return {
    act,
    at,
    actor,
    place,
    address: caller.address,
    proof,
    ...(lifetimeDays === undefined ? {} : { token: { lifetimeDays, ageDays: 0 } }),
  }
}
