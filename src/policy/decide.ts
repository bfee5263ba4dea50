import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Strength } from '../database/schema.ts'
import { isAtLeast } from './strength.ts'

export interface Requirement {
  strength: Strength
  /** How old the tap may be; 0 is a tap bound to this very act; null asks nothing beyond the session. */
  freshnessSeconds: number | null
}

/** What holds where no rule says more. */
export const floor = {
  'sign-in': { strength: 'passkey', freshnessSeconds: 0 },
  session: { strength: 'passkey', freshnessSeconds: null },
  act: { strength: 'passkey', freshnessSeconds: 0 },
  merge: { strength: 'passkey', freshnessSeconds: 0 },
  protect: { strength: 'passkey', freshnessSeconds: 0 },
} as const satisfies Record<string, Requirement>

export type PolicyAct = keyof typeof floor

export type Decision =
  | { outcome: 'allow'; rule: string }
  | { outcome: 'step-up'; rule: string; requirement: Requirement }
  | { outcome: 'deny'; rule: string; sentence: string }

export interface DecisionFacts {
  act: PolicyAct
  actorKind: 'person' | 'agent' | 'system'
  /** What was proven, and how long ago; `boundToAct` when the tap sealed this very act. */
  proof: { strength: Strength; ageSeconds: number; boundToAct: boolean } | null
}

/** Pure: the same function enforces, explains and replays. */
export function decide(facts: DecisionFacts): Decision {
  const requirement: Requirement = floor[facts.act]
  const rule = `floor:${facts.act}`
  if (facts.actorKind !== 'person' && requirement.freshnessSeconds === 0)
    return { outcome: 'deny', rule, sentence: 'Only a person with a key of their own can do this.' }
  const { proof } = facts
  if (proof === null || !isAtLeast(proof.strength, requirement.strength))
    return { outcome: 'step-up', rule, requirement }
  const isFresh =
    requirement.freshnessSeconds === null ||
    proof.boundToAct ||
    (requirement.freshnessSeconds > 0 && proof.ageSeconds <= requirement.freshnessSeconds)
  return isFresh ? { outcome: 'allow', rule } : { outcome: 'step-up', rule, requirement }
}

/** Names the rules in force, for statements: SHA-256 over their canonical JSON. */
export const policyDigest = (): string => `sha256:${hash('sha256', canonicalize({ version: 1, floor }) ?? '', 'hex')}`
