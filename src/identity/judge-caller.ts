import type { Database } from '../database/handles.ts'
import { forbidden } from '../http/problem.ts'
import { decide } from '../policy/decide.ts'
import type { DecisionFacts, Proof } from '../policy/facts.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { explainDecision } from '../policy/words.ts'
import type { Caller, Shortfall } from './caller.ts'
import { readPolicyActor } from './policy-actor.ts'

export interface JudgeParts {
  database: Pick<Database, 'read'>
  policy: PolicyInForce
}

type Known = Pick<Caller, 'id' | 'kind' | 'username' | 'role' | 'strength' | 'authenticatedAt'>

/**
 * Whether a session is still good for anything: `over` where its time is up, else what it lacks by the rules of today,
 * whatever they were when it began.
 */
export async function judgeSession(
  parts: JudgeParts,
  session: { caller: Known; key: Proof['key']; address: string; createdAt: number; lastSeenAt: number },
  now: number,
): Promise<Shortfall | 'over' | null> {
  const { caller } = session
  const facts = await factsOf(parts, caller, {
    act: 'session',
    at: now,
    address: session.address,
    proof: {
      strength: caller.strength,
      ageSeconds: (now - caller.authenticatedAt) / 1000,
      boundToAct: false,
      key: session.key,
    },
    session: { idleSeconds: (now - session.lastSeenAt) / 1000, totalSeconds: (now - session.createdAt) / 1000 },
  })
  const decision = decide(parts.policy.current(), facts)
  if (decision.unmet.some(({ part }) => part === 'sessionIdleSeconds' || part === 'sessionAbsoluteSeconds'))
    return 'over'
  const [first] = decision.unmet
  if (first === undefined) return null
  const { strength, freshnessSeconds } = decision.requirement
  return {
    kind: decision.outcome === 'deny' ? 'refused' : first.part === 'freshness' ? 'fresh-tap' : 'stronger-key',
    rule: first.rule,
    sentence: explainDecision(decision, facts),
    requires: { strength, freshnessSeconds },
  }
}

const dayMs = 86_400_000

/** @throws 403 where the rules do not let this token in: from here, of this person, or at its age */
export async function judgeToken(
  parts: JudgeParts,
  token: { caller: Known; address: string; createdAt: number; expiresAt: number },
  now: number,
): Promise<void> {
  const { caller } = token
  const facts = await factsOf(parts, caller, {
    act: 'token.use',
    at: now,
    address: token.address,
    // A bearer secret is shown with each request: nobody tapped, and it is no older than the request.
    proof: { strength: caller.strength, ageSeconds: 0, boundToAct: false, key: null },
    token: {
      lifetimeDays: (token.expiresAt - token.createdAt) / dayMs,
      ageDays: (now - token.createdAt) / dayMs,
    },
  })
  const decision = decide(parts.policy.current(), facts)
  if (decision.outcome !== 'allow')
    throw forbidden(explainDecision(decision, facts), 'Make a new token under Account, or ask an administrator.')
}

async function factsOf(
  { database, policy }: JudgeParts,
  caller: Known,
  facts: Omit<DecisionFacts, 'actor' | 'place'>,
): Promise<DecisionFacts> {
  const { kind, username, role } = caller
  // Asked at each request, so only where some rule wants to know it.
  const actor = policy.current().namesGroups
    ? await readPolicyActor(database.read, caller)
    : { kind, username, role, groups: [] }
  return { ...facts, actor, place: null }
}
