import type { ActPlace, DecisionFacts, PolicyActor } from './facts.ts'
import type { NetworkMatch } from './networks.ts'
import type { Rule, RuleRef } from './rule.ts'

/** A rule whose lists became sets and functions, so that thousands of decisions ask it quickly. */
export interface CompiledRule {
  rule: Rule
  ref: RuleRef
  matches(facts: DecisionFacts): boolean
  /** Whether the person and place alone match, whatever the network: for telling who a rule is about. */
  concerns(actor: PolicyActor, place: ActPlace | null): boolean
  allowsAddress: NetworkMatch
  allowsKey(key: { category: string; aaguid: string | null }): boolean
}
