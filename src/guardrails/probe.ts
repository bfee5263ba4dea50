import type { ActName } from '../policy/acts.ts'
import type { CompiledPolicy } from '../policy/compile.ts'
import { type Decision, decide } from '../policy/decide.ts'
import type { ActPlace, DecisionFacts } from '../policy/facts.ts'
import type { OwnKey, Standing } from './standings.ts'

/** An act somebody might do next. */
export interface Probe {
  act: ActName
  place: ActPlace | null
  /** Of an application: one that a rule tells apart from others. */
  use?: NonNullable<DecisionFacts['use']>
}

export interface Circumstance {
  at: number
  /** Null: not known, and then no network is held against anybody. */
  address: string | null
}

/** A decision that is not *allow*, and what it was about. */
export interface Refusal {
  decision: Decision
  facts: DecisionFacts
}

const dayMs = 86_400_000

/** An act by one of their keys, tapped for it. */
export const factsOfProbe = (
  { actor }: Standing,
  key: OwnKey | undefined,
  { act, place, use }: Probe,
  { at, address }: Circumstance,
): DecisionFacts => ({
  act,
  at,
  address,
  actor,
  place,
  proof:
    key === undefined ? null : { strength: key.strength, ageSeconds: 0, boundToAct: act !== 'session', key: key.key },
  ...(use === undefined ? {} : { use }),
  ...(act === 'session' ? { session: { idleSeconds: 0, totalSeconds: 0 } } : {}),
  // Whoever makes a token chooses how long it lives.
  ...(act === 'token.create' ? { token: { lifetimeDays: 1, ageDays: 0 } } : {}),
})

/** What stands in the way of one of their keys; undefined where nothing does. */
export const judgeKey = (
  policy: CompiledPolicy,
  standing: Standing,
  key: OwnKey | undefined,
  probe: Probe,
  circumstance: Circumstance,
): Refusal | undefined => judgeFacts(policy, factsOfProbe(standing, key, probe, circumstance))

/** What stands in the way of their best key; undefined where one of their keys would do. */
export function judgeKeys(
  policy: CompiledPolicy,
  standing: Standing,
  probe: Probe,
  circumstance: Circumstance,
): Refusal | undefined {
  let best: Refusal | undefined
  for (const key of standing.keys) {
    const refusal = judgeKey(policy, standing, key, probe, circumstance)
    if (refusal === undefined) return undefined
    best ??= refusal
  }
  return best ?? judgeKey(policy, standing, undefined, probe, circumstance)
}

/** What a program can do with a token, beside coming in with it. */
const byToken: readonly ActName[] = ['push', 'tag', 'application.call']

/** Whether an agent ever does this: whatever else there is takes a key, and it has none. */
export const isOfAgents = (act: ActName): boolean => act === 'token.use' || byToken.includes(act)

/** What stands in the way of a program that shows a token. */
export const judgeBearer = (
  policy: CompiledPolicy,
  standing: Standing,
  probe: Probe,
  circumstance: Circumstance,
): Refusal | undefined =>
  judgeFacts(policy, {
    ...factsOfProbe(standing, undefined, probe, circumstance),
    proof: { strength: 'password', ageSeconds: 0, boundToAct: false, key: null },
  })

/** What stands in the way of signing in and using the session: one and the same key has to do for both. */
export function judgeEntry(
  policy: CompiledPolicy,
  standing: Standing,
  circumstance: Circumstance,
): Refusal | undefined {
  let best: Refusal | undefined
  for (const key of standing.keys.length === 0 ? [undefined] : standing.keys) {
    const refusal =
      judgeKey(policy, standing, key, { act: 'sign-in', place: null }, circumstance) ??
      judgeKey(policy, standing, key, { act: 'session', place: null }, circumstance)
    if (refusal === undefined) return undefined
    best ??= refusal
  }
  return best
}

/** What stands in the way of their API tokens, the oldest first; from where they are used is not known. */
export function judgeTokens(
  policy: CompiledPolicy,
  { actor, tokens }: Standing,
  { at }: Pick<Circumstance, 'at'>,
): (Refusal & { token: string }) | undefined {
  for (const { name, createdAt, expiresAt } of tokens) {
    const refusal = judgeFacts(policy, {
      act: 'token.use',
      at,
      address: null,
      actor,
      place: null,
      proof: { strength: 'password', ageSeconds: 0, boundToAct: false, key: null },
      token: { lifetimeDays: (expiresAt - createdAt) / dayMs, ageDays: Math.max(0, at - createdAt) / dayMs },
    })
    if (refusal !== undefined) return { ...refusal, token: name }
  }
  return undefined
}

/** What stands in the way; where the address is not known, no network does. */
export function judgeFacts(policy: CompiledPolicy, facts: DecisionFacts): Refusal | undefined {
  const decision = decide(policy, facts)
  if (decision.outcome === 'allow') return undefined
  const unmet = facts.address === null ? decision.unmet.filter(({ part }) => part !== 'networks') : decision.unmet
  return unmet.length === 0 ? undefined : { decision: { ...decision, unmet }, facts }
}
