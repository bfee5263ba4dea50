import type { CompiledPolicy } from '../policy/compile.ts'
import type { CompiledRule } from '../policy/compiled-rule.ts'

/** Every rule that is not switched off, once. */
export const liveRules = (policy: CompiledPolicy): CompiledRule[] => [...new Set([...policy.byAct.values()].flat())]

/** Whether an answer depends on where somebody is. */
export const namesNetworks = (policy: CompiledPolicy): boolean =>
  liveRules(policy).some(({ rule }) => rule.where?.networks !== undefined || rule.requires.networks !== undefined)

/** Projects and repositories, by id, that some rule tells apart from others. */
export const namedPlaces = (policies: readonly CompiledPolicy[]): Set<string> =>
  new Set(policies.flatMap(liveRules).flatMap(({ rule }) => rule.where?.repositories ?? []))

/** Names that some rule tells apart from others: `user`, `group`. */
export const namedSubjects = (policies: readonly CompiledPolicy[], kind: 'user' | 'group'): Set<string> =>
  new Set(
    policies
      .flatMap(liveRules)
      .flatMap(({ rule }) => rule.who)
      .flatMap((one) => (one.startsWith(`${kind}:`) ? [one.slice(kind.length + 1)] : [])),
  )
