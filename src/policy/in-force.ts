import type { CompiledPolicy } from './compile.ts'
import type { CompiledRule } from './compiled-rule.ts'
import { type Decision, decide } from './decide.ts'
import type { DecisionFacts } from './facts.ts'

export interface Decided {
  act: string
  outcome: Decision['outcome']
  rule: string
}

/** The policy that holds now. Asked at every decision, so it answers from memory. */
export interface PolicyInForce {
  /** @throws where it is not certain any more what holds */
  current(): CompiledPolicy
  /** Told of every decision that was enforced, to be counted. */
  decided?(made: Decided): void
}

/** Decides by the rules in force, for a door that acts on it. What only asks, to explain, calls `decide` itself. */
export function enforce(policy: PolicyInForce, facts: DecisionFacts, own: readonly CompiledRule[] = []): Decision {
  const decision = decide(policy.current(), facts, own)
  policy.decided?.({ act: facts.act, outcome: decision.outcome, rule: decision.rule })
  return decision
}
