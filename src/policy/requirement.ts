import type { Strength } from '../database/schema.ts'
import type { ActName } from './acts.ts'
import type { CompiledRule } from './compiled-rule.ts'
import type { RuleRef } from './rule.ts'
import { isAtLeast } from './strength.ts'

/** The numeric parts, of which the strictest wins. */
const limits = ['sessionIdleSeconds', 'sessionAbsoluteSeconds', 'tokenLifetimeDays'] as const
export type Part = 'strength' | 'freshness' | 'people' | 'models' | 'networks' | (typeof limits)[number]

/** Everything asked for one act: the floor, joined with every rule that matches. */
export interface Requirement {
  strength: Strength
  /** How old the tap may be; 0 is a tap bound to this very act; null asks nothing beyond the session. */
  freshnessSeconds: number | null
  people: number
  sessionIdleSeconds: number | null
  sessionAbsoluteSeconds: number | null
  tokenLifetimeDays: number | null
  /** Rules that name models or networks: each must be met. */
  models: CompiledRule[]
  networks: CompiledRule[]
  /** Which rule a part follows from; the floor where none is named. */
  from: Partial<Record<Part, RuleRef>>
}

/**
 * A bearer secret proves possession of itself and no more, and a push brings nothing else; rules, and the rule of its
 * branch, may ask for a tap.
 */
const broughtBySecrets: readonly ActName[] = ['token.use', 'ssh.use', 'push', 'tag', 'application.call']

/** What holds where no rule says more: everything a person does that matters takes a tap bound to it. */
export function floorOf(act: ActName): Requirement {
  const of = (strength: Strength, freshnessSeconds: number | null): Requirement => ({
    strength,
    freshnessSeconds,
    people: 1,
    sessionIdleSeconds: 24 * 3600,
    sessionAbsoluteSeconds: 14 * 24 * 3600,
    tokenLifetimeDays: null,
    models: [],
    networks: [],
    from: {},
  })
  if (act === 'session' || act === 'application.use') return of('passkey', null)
  if (broughtBySecrets.includes(act)) return of('password', null)
  return of('passkey', 0)
}

/** To join more into, the original staying as it is. */
export const copyOf = (requirement: Requirement): Requirement => ({
  ...requirement,
  models: [...requirement.models],
  networks: [...requirement.networks],
  from: { ...requirement.from },
})

/** Joins one rule in: the stricter of each part wins, and says from where it comes. Changes `requirement`. */
export function join(requirement: Requirement, compiled: CompiledRule): void {
  const { rule, ref } = compiled
  const { requires } = rule
  if (requires.strength !== undefined && !isAtLeast(requirement.strength, requires.strength)) {
    requirement.strength = requires.strength
    requirement.from.strength = ref
  }
  const { freshnessSeconds } = requires
  if (
    freshnessSeconds !== undefined &&
    (requirement.freshnessSeconds === null || freshnessSeconds < requirement.freshnessSeconds)
  ) {
    requirement.freshnessSeconds = freshnessSeconds
    requirement.from.freshness = ref
  }
  if (requires.people !== undefined && requires.people > requirement.people) {
    requirement.people = requires.people
    requirement.from.people = ref
  }
  for (const limit of limits) {
    const asked = requires[limit]
    if (asked === undefined || (requirement[limit] ?? Infinity) <= asked) continue
    requirement[limit] = asked
    requirement.from[limit] = ref
  }
  if (requires.models !== undefined) requirement.models.push(compiled)
  if (requires.networks !== undefined) requirement.networks.push(compiled)
}
