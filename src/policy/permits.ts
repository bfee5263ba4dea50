import type { CompiledPolicy } from './compile.ts'
import { decide } from './decide.ts'
import type { DecisionFacts } from './facts.ts'

/** Until when somebody may sign in with something less than a passkey, by the rules alone; null where they may not. */
export function permittedUntil(
  policy: CompiledPolicy,
  facts: Pick<DecisionFacts, 'at' | 'actor' | 'address'>,
): number | null {
  const asked: DecisionFacts = {
    ...facts,
    act: 'sign-in',
    place: null,
    proof: { strength: 'mfa', ageSeconds: 0, boundToAct: true, key: null },
  }
  const { unmet, requirement } = decide(policy, asked)
  // From where they come is another question, which has an answer of its own.
  if (unmet.some(({ part }) => part !== 'networks')) return null
  const rule = policy.policy.rules.find(({ id }) => id === requirement.from.strength?.id)
  return rule?.permits?.until ?? null
}

/** Whether they may from some network at least: a rule can permit it from the office alone. */
export function isPermittedFromSomewhere(policy: CompiledPolicy, facts: Pick<DecisionFacts, 'at' | 'actor'>): boolean {
  const networks = policy.policy.rules.flatMap(({ permits, where }) =>
    permits === undefined ? [] : (where?.networks ?? []),
  )
  // Each range is asked by the address it is written with, which lies in it.
  const addresses = new Set(['127.0.0.1', ...networks.map((range) => range.replace(/\/.*/, ''))])
  return [...addresses].some((address) => permittedUntil(policy, { ...facts, address }) !== null)
}

/** Whether anybody at all may: a page that offers it to nobody would only invite guessing. */
export const permitsAnybody = ({ policy }: CompiledPolicy, at: number): boolean =>
  policy.rules.some(({ mode, permits }) => mode === 'enforce' && permits !== undefined && at < permits.until)
