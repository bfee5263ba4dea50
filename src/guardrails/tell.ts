import type { Strength } from '../database/schema.ts'
import { acts } from '../policy/acts.ts'
import { findDecisive } from '../policy/decide.ts'
import { isAtLeast } from '../policy/strength.ts'
import { categoryWords, explainDecision, kindsAskedFor, strengthWords } from '../policy/words.ts'
import type { Refusal } from './probe.ts'
import type { OwnKey } from './standings.ts'

/**
 * What an act takes and somebody has not got, as a clause about them: "it takes a hardware key of a verified model to
 * sign in, and the best passkey is a synced passkey".
 * @param seen how the address is known: "they were last seen", "you come"
 */
export function tellMissing(
  { decision, facts }: Refusal,
  keys: readonly OwnKey[],
  seen = 'they were last seen',
): string {
  const first = findDecisive(decision)
  const to = facts.use === undefined ? `to ${acts[facts.act]}` : `to open ${facts.use.name}`
  switch (first?.part) {
    case 'strength':
      return `it takes ${strengthWords[decision.requirement.strength]} ${to}, and ${tellBest(keys, decision.requirement.strength)}`
    case 'models':
      return `it takes ${kindsAskedFor(decision)} ${to}, and ${tellKinds(keys)}`
    case 'networks':
      return `it takes a known network ${to}, and ${seen} from ${facts.address ?? 'nowhere'}`
    default:
      return explainDecision({ ...decision, unmet: decision.unmet.map((one) => ({ ...one, rule: null })) }, facts)
        .replace(/\.$/, '')
        .replace(/^./, (letter) => letter.toLowerCase())
  }
}

function tellBest(keys: readonly OwnKey[], asked: Strength): string {
  const [best] = keys
  if (keys.some(({ whenVouched }) => isAtLeast(whenVouched, asked)))
    return 'nobody has vouched yet for the key that would do'
  if (best === undefined) return 'there is no passkey'
  if (best.key.category === 'synced') return `the best passkey is ${categoryWords.synced}`
  if (best.isModelBad) return 'the best passkey is of a model that is reported as broken'
  return `the best passkey is ${strengthWords[best.strength]}`
}

function tellKinds(keys: readonly OwnKey[]): string {
  const kinds = [...new Set(keys.map(({ key }) => categoryWords[key.category]))]
  if (keys.length === 0) return 'there is no passkey'
  return keys.length === 1 ? `the only passkey is ${kinds[0]}` : `each passkey is ${kinds.join(' or ')}`
}

export const asSentence = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
/** "1 December 2026", in UTC. */
export const tellDay = (at: number): string => day.format(at)
