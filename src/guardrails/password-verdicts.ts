import type { CompiledPolicy } from '../policy/compile.ts'
import type { CompiledRule } from '../policy/compiled-rule.ts'
import { decide } from '../policy/decide.ts'
import type { DecisionFacts } from '../policy/facts.ts'
import { permittedUntil } from '../policy/permits.ts'
import type { RuleRef } from '../policy/rule.ts'
import { strengthWords } from '../policy/words.ts'
import type { Circumstance } from './probe.ts'
import type { AffectedPerson, OwnRequirements } from './shapes.ts'
import type { Standing } from './standings.ts'
import { tellDay } from './tell.ts'

type Verdict = Omit<AffectedPerson, 'person'>

interface Change {
  before: CompiledPolicy
  after: CompiledPolicy
  at: number
}

/** Somebody who has nothing but a password, and gets in with it today, and would not any more. */
export function losesPassword({ before, after, at }: Change, standing: Standing): Verdict | undefined {
  if (standing.password === null || standing.keys.length > 0) return undefined
  const lost = [standing, withCode(standing)].find(
    (one) => letsIn(after, one, at) === undefined && letsIn(before, one, at),
  )
  const rule = lost && letsIn(before, lost, at)
  if (rule === undefined) return undefined
  return {
    rule,
    outcome: 'locked-out',
    strength: null,
    sentence: `They sign in with ${strengthWords[standing.password]}, and have no passkey: they would not get in any more.`,
  }
}

/** Somebody whom a new or changed permission names, in whichever way that helps them. */
export function gainsPassword(
  { before, after, at }: Change,
  { actor, keys }: Standing,
  changed: readonly CompiledRule[],
): Verdict | undefined {
  const naming = changed.find(({ rule, concerns }) => rule.permits !== undefined && concerns(actor, null))
  const signIn = naming?.rule.permits?.signIn
  if (naming === undefined || signIn === undefined) return undefined
  const strength = keys[0]?.strength ?? null
  const facts = { at, actor, address: null }
  const until = permittedUntil(after, facts)
  if (until === null)
    return actor.role === 'member'
      ? undefined
      : {
          rule: naming.ref,
          outcome: 'fine',
          strength,
          sentence: 'A password never lets an owner, an administrator or a guest in.',
        }
  if (permittedUntil(before, facts) === until && keys.length > 0) return undefined
  const sentence =
    keys.length > 0
      ? 'They have a passkey, so no password lets them in.'
      : `They may sign in with ${strengthWords[signIn]} until ${tellDay(until)}, if they bring one.`
  return { rule: naming.ref, outcome: keys.length > 0 ? 'fine' : 'permitted', strength, sentence }
}

/** What somebody who signs in with a password will need when that is over. */
export function listEndingPermission(
  policy: CompiledPolicy,
  standing: Standing,
  { at }: Pick<Circumstance, 'at'>,
): OwnRequirements['upcoming'] {
  if (standing.password === null || standing.keys.length > 0) return []
  const rule = letsIn(policy, withCode(standing), at)
  const until = permittedUntil(policy, { at, actor: standing.actor, address: standing.address })
  if (rule === undefined || until === null) return []
  const sentence = `To sign in you need ${strengthWords.passkey}. Your password no longer lets you in then.`
  return [{ rule, sentence, enforceFrom: until, act: 'sign-in' }]
}

/** Where a code is asked too, a password alone opens the door to making one: whoever has none is as good as whoever has. */
const withCode = (standing: Standing): Standing => ({ ...standing, password: 'mfa' })

/** The rule by which their password lets them in; undefined where it does not. */
function letsIn(policy: CompiledPolicy, { actor, password, address }: Standing, at: number): RuleRef | undefined {
  if (password === null) return undefined
  const facts: DecisionFacts = {
    act: 'sign-in',
    at,
    actor,
    place: null,
    address,
    proof: { strength: password, ageSeconds: 0, boundToAct: true, key: null },
  }
  const { unmet, requirement } = decide(policy, facts)
  return unmet.some(({ part }) => part !== 'networks') ? undefined : requirement.from.strength
}
