import type { Strength } from '../database/schema.ts'
import { acts } from './acts.ts'
import type { Category } from './category.ts'
import type { Decision, Unmet } from './decide.ts'
import type { DecisionFacts, Proof } from './facts.ts'
import type { Requirement } from './requirement.ts'

export const strengthWords: Record<Strength, string> = {
  password: 'a password',
  mfa: 'a password and a code',
  passkey: 'a passkey',
  'device-bound': 'a key that says it cannot be copied',
  attested: 'a hardware key of a verified model',
}

export const categoryWords: Record<Category, string> = {
  'hardware-key': 'a hardware key',
  platform: 'a key of one device',
  synced: 'a synced passkey',
}

/** Why a decision is not *allow*, in one sentence that names the rule: "To merge … you need …. Yours is …." */
export function explainDecision(decision: Decision, facts: Pick<DecisionFacts, 'act' | 'proof'>): string {
  const [first] = decision.unmet
  if (first === undefined) return ''
  const because = first.rule === null ? '' : ` The rule “${first.rule.title}” asks for it.`
  return `${sentenceOf(first, decision.requirement, facts)}${because}`
}

function sentenceOf(
  { part }: Unmet,
  requirement: Requirement,
  { act, proof }: Pick<DecisionFacts, 'act' | 'proof'>,
): string {
  const to = `To ${acts[act]}`
  switch (part) {
    case 'person':
      return `${to} takes a person with a key of their own.`
    case 'strength':
      return `${to} you need ${strengthWords[requirement.strength]}.${yours(proof)}`
    case 'models':
      return `${to} you need another kind of key.${yours(proof)}`
    case 'freshness':
      return requirement.freshnessSeconds === 0
        ? `${to} takes a tap on your key.`
        : `${to} you must have tapped within the last ${minutes(requirement.freshnessSeconds ?? 0)}.`
    case 'networks':
      return `${to} you must come from a known network.`
    case 'sessionIdleSeconds':
      return `Your session was unused for more than ${minutes(requirement.sessionIdleSeconds ?? 0)}.`
    case 'sessionAbsoluteSeconds':
      return `Your session is older than ${minutes(requirement.sessionAbsoluteSeconds ?? 0)}.`
    case 'tokenLifetimeDays':
      return `An API token may live ${requirement.tokenLifetimeDays ?? 0} days at most.`
    case 'people':
      return `${to} takes ${requirement.people} people.`
  }
}

const yours = (proof: Proof | null): string =>
  proof === null || proof.key === null
    ? ''
    : ` Yours is ${proof.key.category === 'synced' ? categoryWords.synced : strengthWords[proof.strength]}.`

function minutes(seconds: number): string {
  if (seconds % 86_400 === 0) return count(seconds / 86_400, 'day')
  if (seconds % 3600 === 0) return count(seconds / 3600, 'hour')
  return count(Math.round(seconds / 60), 'minute')
}

const count = (many: number, unit: string): string => `${many} ${unit}${many === 1 ? '' : 's'}`
