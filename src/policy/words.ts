import type { Strength } from '../database/schema.ts'
import { acts } from './acts.ts'
import { type Category, categories } from './category.ts'
import { type Decision, findDecisive, type Unmet } from './decide.ts'
import type { DecisionFacts, Proof } from './facts.ts'
import type { RuleRequirement } from './rule.ts'

export const strengthWords: Record<Strength, string> = {
  password: 'a password',
  mfa: 'a password and a code',
  passkey: 'a passkey',
  'device-bound': 'a key that says it cannot be copied',
  attested: 'a hardware key of a verified model',
}

/** The same of keys over SSH. */
export const sshStrengthWords: Record<Strength, string> = {
  password: 'an SSH key',
  mfa: 'a security key that is touched',
  passkey: 'a security key with its PIN',
  'device-bound': 'a hardware key of a verified model, with its PIN',
  attested: 'a hardware key of a verified model, with its PIN',
}

export const categoryWords: Record<Category, string> = {
  'hardware-key': 'a hardware key',
  platform: 'a key of one device',
  synced: 'a synced passkey',
}

const otherModel = 'a key of another model'

/** The kinds of key that a rule takes: "a hardware key or a key of one device". */
export function kindWords({ allow, deny = [] }: NonNullable<RuleRequirement['models']>): string {
  const named: readonly string[] = allow ?? categories
  const taken = categories.filter((kind) => named.includes(kind) && !deny.includes(kind))
  const namesModels = allow?.some((term) => !Object.hasOwn(categoryWords, term)) ?? false
  if (taken.length === categories.length) return otherModel
  return [
    ...taken.map((kind) => categoryWords[kind]),
    ...(namesModels ? ['a key of a model that the rule names'] : []),
  ].join(' or ')
}

/** What a rule that is not met asks for, by its kinds of keys. */
export function kindsAskedFor({ unmet, requirement }: Pick<Decision, 'unmet' | 'requirement'>): string {
  const first = unmet.find(({ part }) => part === 'models')
  const asking = requirement.models.find(({ rule }) => rule.id === first?.rule?.id)
  return kindWords(asking?.rule.requires.models ?? {})
}

type ToldFacts = Pick<DecisionFacts, 'act' | 'proof'> & Partial<Pick<DecisionFacts, 'actor' | 'use'>>

/** Why a decision is not *allow*, in one sentence that names the rule: "To merge … you need …. Yours is …." */
export function explainDecision(decision: Decision, facts: ToldFacts): string {
  const first = findDecisive(decision)
  if (first === undefined) return ''
  const because = first.rule === null ? '' : ` The rule “${first.rule.title}” asks for it.`
  return `${sentenceOf(first, decision, facts)}${because}`
}

/** The same of what somebody else did long ago: "The rule “…” asks for … to …, and this was done with …." */
export function explainPast(decision: Decision, { act, proof }: ToldFacts): string {
  const first = findDecisive(decision)
  if (first === undefined || proof === null) return ''
  const isKind = first.part === 'models'
  const asked = isKind ? kindsAskedFor(decision) : strengthWords[decision.requirement.strength]
  const own = proof.key && categoryWords[proof.key.category]
  const done = own !== null && (isKind || proof.key?.category === 'synced') ? own : strengthWords[proof.strength]
  const asks = first.rule === null ? `Today it takes ${asked}` : `The rule “${first.rule.title}” asks for ${asked}`
  return `${asks} to ${acts[act]}, and this was done with ${isKind && asked.includes(done) ? otherModel : done}.`
}

export const networkHelp =
  'Come from a network that the rule names, such as the office or its VPN. Only administrators can change the rule.'

/** What whoever is refused could do, where another tap would not help. */
export function helpWith(decision: Pick<Decision, 'outcome' | 'unmet'>): string {
  switch (findDecisive(decision)?.part) {
    case 'networks':
      return networkHelp
    case 'recovery':
      return 'Where it cannot wait, ask another administrator.'
    case 'tokenLifetimeDays':
      return 'Choose a shorter life for it.'
    default:
      return 'Ask an administrator.'
  }
}

function sentenceOf(
  { part, rule }: Unmet,
  { unmet, requirement }: Pick<Decision, 'unmet' | 'requirement'>,
  { act, proof, actor, use }: ToldFacts,
): string {
  const to = act === 'application.use' && use !== undefined ? `To open ${use.name}` : `To ${acts[act]}`
  switch (part) {
    case 'person':
      return `${to} takes a person with a key of their own.`
    case 'recovery':
      return `${to} you wait until ${inUtc(actor?.recoveringUntil ?? 0)}: until then a former passkey can cancel the recovery you came in by.`
    case 'strength':
      if (act === 'ssh.use') return `${to} you need ${sshStrengthWords[requirement.strength]}.${yoursOverSsh(proof)}`
      return `${to} you need ${strengthWords[requirement.strength]}.${yours(proof)}`
    case 'models': {
      const asked = kindsAskedFor({ unmet, requirement })
      const own = act === 'ssh.use' && !proof?.key ? yoursOverSsh(proof) : yourKind(proof, asked)
      return `${to} you need ${asked}.${own}`
    }
    case 'freshness':
      return requirement.freshnessSeconds === 0
        ? `${to} takes a tap on your key.`
        : `${to} you must have tapped within the last ${minutes(requirement.freshnessSeconds ?? 0).replace(/^1 /, '')}.`
    case 'networks':
      return `${to} you must come from a known network.`
    case 'sessionIdleSeconds':
      return `Your session was unused for more than ${minutes(requirement.sessionIdleSeconds ?? 0)}.`
    case 'sessionAbsoluteSeconds':
      return `Your session is older than ${minutes(requirement.sessionAbsoluteSeconds ?? 0)}.`
    case 'tokenLifetimeDays':
      return `An API token${rule === null ? ' of a guest' : ''} may live ${requirement.tokenLifetimeDays ?? 0} days at most.`
    case 'people':
      return `${to} takes ${requirement.people} people.`
  }
}

const inUtc = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' at ')} UTC`

function yours(proof: Proof | null): string {
  if (proof === null || proof.key === null) return ''
  if (proof.key.category === 'synced') return ` Yours is ${categoryWords.synced}.`
  // Capped, or of a model reported as broken: what it is by itself would say too much.
  return proof.strength === 'passkey' ? ' Yours counts as a passkey.' : ` Yours is ${strengthWords[proof.strength]}.`
}

function yoursOverSsh(proof: Proof | null): string {
  if (proof === null) return ''
  if (proof.key === null) return ' Yours lies in a file.'
  return proof.strength === 'mfa' ? ' Yours was touched, without a PIN.' : ''
}

/** After what kinds a rule takes: the own kind, or, where it is one of them, that the model is what is wrong. */
function yourKind(proof: Proof | null, asked: string): string {
  if (proof === null || proof.key === null || asked === otherModel) return ''
  const own = categoryWords[proof.key.category]
  return asked.includes(own) ? ' The model of yours is not one it takes.' : ` Yours is ${own}.`
}

function minutes(seconds: number): string {
  if (seconds % 86_400 === 0) return count(seconds / 86_400, 'day')
  if (seconds % 3600 === 0) return count(seconds / 3600, 'hour')
  return count(Math.round(seconds / 60), 'minute')
}

const count = (many: number, unit: string): string => `${many} ${unit}${many === 1 ? '' : 's'}`
