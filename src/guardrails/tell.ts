import { acts } from '../policy/acts.ts'
import { categoryWords, explainDecision, strengthWords } from '../policy/words.ts'
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
  const [first] = decision.unmet
  const to = `to ${acts[facts.act]}`
  switch (first?.part) {
    case 'strength':
      return `it takes ${strengthWords[decision.requirement.strength]} ${to}, and ${tellBest(keys)}`
    case 'models':
      return `it takes another kind of key ${to}, and ${tellBest(keys)}`
    case 'networks':
      return `it takes a known network ${to}, and ${seen} from ${facts.address ?? 'nowhere'}`
    default:
      return explainDecision({ ...decision, unmet: decision.unmet.map((one) => ({ ...one, rule: null })) }, facts)
        .replace(/\.$/, '')
        .replace(/^./, (letter) => letter.toLowerCase())
  }
}

function tellBest([best]: readonly OwnKey[]): string {
  if (best === undefined) return 'there is no passkey'
  return `the best passkey is ${best.key.category === 'synced' ? categoryWords.synced : strengthWords[best.strength]}`
}

export const asSentence = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
/** "1 December 2026", in UTC. */
export const tellDay = (at: number): string => day.format(at)
