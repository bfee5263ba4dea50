import { isHeldBack } from './acts-in-recovery.ts'
import type { CompiledPolicy } from './compile.ts'
import type { CompiledRule } from './compiled-rule.ts'
import { enforcedFrom } from './enforced-from.ts'
import type { DecisionFacts } from './facts.ts'
import { shortenForGuests } from './guest-floor.ts'
import { lowerFloor } from './lower-floor.ts'
import { copyOf, floorOf, join, type Part, type Requirement } from './requirement.ts'
import type { RuleRef } from './rule.ts'
import { isAtLeast } from './strength.ts'

/** One thing that is asked and not there. */
export interface Unmet {
  part: Part | 'person' | 'recovery'
  /** Null: the built-in floor. */
  rule: RuleRef | null
}

export interface Decision {
  /** `step-up`: another tap would do. `deny`: no tap helps. */
  outcome: 'allow' | 'step-up' | 'deny'
  /** The rule that decided, `floor:<act>` where none did. */
  rule: string
  requirement: Requirement
  unmet: Unmet[]
  /** Rules that only report, and would have decided otherwise. */
  reported: string[]
  /** Rules not met that people still have time for. */
  upcoming: { rule: RuleRef; enforceFrom: number; unmet: Unmet[] }[]
}

/** Parts that no other key or tap of the person could meet. */
const final: ReadonlySet<Unmet['part']> = new Set(['person', 'recovery', 'networks', 'tokenLifetimeDays'])

/**
 * How strongly this act must be proven, and whether it is. Pure: the same function enforces, explains and replays. All
 * rules that match are joined, the strictest of each part wins, and what is not known is not met.
 */
export function decide(
  policy: CompiledPolicy,
  facts: DecisionFacts,
  /** What stands beside the policy and is asked as well, e.g. by the application itself. */
  own: readonly CompiledRule[] = [],
): Decision {
  const prepared = policy.prepared.get(facts.act)
  const requirement = prepared === undefined ? floorOf(facts.act) : copyOf(prepared.always)
  lowerFloor(requirement, prepared?.permitting ?? [], facts)
  shortenForGuests(requirement, facts)
  const reported: string[] = []
  const upcoming: Decision['upcoming'] = []
  for (const compiled of [...(prepared?.depending ?? []), ...own]) {
    if (!compiled.matches(facts)) continue
    const { mode } = compiled.rule
    const enforceFrom = enforcedFrom(compiled.rule, facts)
    if (mode === 'enforce' && (enforceFrom === undefined || enforceFrom <= facts.at)) {
      join(requirement, compiled)
      continue
    }
    const unmet = alone(compiled, facts)
    if (unmet.length === 0) continue
    if (mode === 'report') reported.push(compiled.rule.id)
    else if (enforceFrom !== undefined) upcoming.push({ rule: compiled.ref, enforceFrom, unmet })
  }
  const unmet = judge(requirement, facts)
  const outcome = unmet.length === 0 ? 'allow' : unmet.some(({ part }) => final.has(part)) ? 'deny' : 'step-up'
  const decisive = findDecisive({ outcome, unmet })
  const rule = decisive === undefined ? requirement.from.strength : (decisive.rule ?? undefined)
  return { outcome, rule: rule?.id ?? `floor:${facts.act}`, requirement, unmet, reported, upcoming }
}

/** What stands in the way first: of a refusal that no tap helps, what no tap could change. */
export const findDecisive = ({ outcome, unmet }: Pick<Decision, 'outcome' | 'unmet'>): Unmet | undefined =>
  (outcome === 'deny' ? unmet.find(({ part }) => final.has(part)) : undefined) ?? unmet[0]

/** What one rule by itself would find missing. */
function alone(compiled: CompiledRule, facts: DecisionFacts): Unmet[] {
  const requirement = floorOf(facts.act)
  join(requirement, compiled)
  return judge(requirement, facts).filter(({ rule }) => rule?.id === compiled.rule.id)
}

/** Compares what is asked with what is there, the strength first. */
function judge(requirement: Requirement, facts: DecisionFacts): Unmet[] {
  const { proof, session, token } = facts
  const { from, freshnessSeconds } = requirement
  const unmet: Unmet[] = []
  const miss = (part: Unmet['part'], rule: RuleRef | undefined): void => void unmet.push({ part, rule: rule ?? null })

  if (freshnessSeconds === 0 && facts.actor.kind !== 'person') miss('person', undefined)
  if (isHeldBack(facts)) miss('recovery', undefined)
  if (!isMachine(facts) && (proof === null || !isAtLeast(proof.strength, requirement.strength)))
    miss('strength', from.strength)
  for (const { rule, ref, allowsKey } of requirement.models)
    if (
      rule.requires.models !== undefined &&
      !isTokenUse(facts) &&
      !isMachine(facts) &&
      (!proof?.key || !allowsKey(proof.key))
    )
      miss('models', ref)
  if (freshnessSeconds !== null && !isFresh(freshnessSeconds, proof)) miss('freshness', from.freshness)
  for (const { ref, allowsAddress } of requirement.networks) if (!allowsAddress(facts.address)) miss('networks', ref)
  if (session !== undefined) {
    if (session.idleSeconds >= (requirement.sessionIdleSeconds ?? Infinity))
      miss('sessionIdleSeconds', from.sessionIdleSeconds)
    if (session.totalSeconds >= (requirement.sessionAbsoluteSeconds ?? Infinity))
      miss('sessionAbsoluteSeconds', from.sessionAbsoluteSeconds)
  }
  if (token !== undefined && requirement.tokenLifetimeDays !== null) {
    // Made for longer than allowed, or, where it was made before the rule, older than allowed.
    const days = facts.act === 'token.create' ? token.lifetimeDays : token.ageDays
    if (days > requirement.tokenLifetimeDays) miss('tokenLifetimeDays', from.tokenLifetimeDays)
  }
  return unmet
}

const isTokenUse = ({ act }: DecisionFacts): boolean => act === 'token.use'

/** A repository's own key over SSH: nobody is there who could hold another, or touch it. Networks bind it all the same. */
const isMachine = ({ act, actor }: DecisionFacts): boolean => act === 'ssh.use' && actor.kind === 'system'

function isFresh(seconds: number, proof: DecisionFacts['proof']): boolean {
  if (proof === null) return false
  return proof.boundToAct || (seconds > 0 && proof.ageSeconds <= seconds)
}
