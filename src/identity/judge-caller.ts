import type { RecordedDecision } from '../audit/decision.ts'
import type { Database } from '../database/handles.ts'
import type { SessionTable } from '../database/schema.ts'
import { forbidden, ProblemError } from '../http/problem.ts'
import { type Decision, decide, findDecisive } from '../policy/decide.ts'
import type { DecisionFacts, PolicyActor, Proof } from '../policy/facts.ts'
import { enforce, type PolicyInForce } from '../policy/in-force.ts'
import { permittedUntil } from '../policy/permits.ts'
import { recordDecision } from '../policy/record-decision.ts'
import { explainDecision, networkHelp } from '../policy/words.ts'
import type { Caller, Shortfall } from './caller.ts'
import { readPolicyActor } from './policy-actor.ts'

export interface JudgeParts {
  database: Pick<Database, 'read'>
  policy: PolicyInForce
}

type Known = Pick<Caller, 'id' | 'kind' | 'username' | 'role' | 'strength' | 'authenticatedAt'>

/** A session as its row has it; `address` is where it is used from, or was begun where nobody uses it just now. */
export interface SessionFacts {
  caller: Known
  method: SessionTable['method']
  key: Proof['key']
  address: string
  createdAt: number
  lastSeenAt: number
}

/** What a session lacks by the rules of today, and after how long without use it ends. */
export interface JudgedSession {
  shortfall: Shortfall | null
  idleMs: number
}

/**
 * Whether a session is still good for anything: `over` where its time is up, else what it is good for by the rules of
 * today, whatever they were when it began.
 */
export async function judgeSession(
  parts: JudgeParts,
  session: SessionFacts,
  now: number,
): Promise<JudgedSession | 'over'> {
  const actor = await actorOf(parts, session.caller)
  if (hasLostPermission(parts, actor, session, now)) return 'over'
  const facts = factsOfSession(actor, session, now)
  const decision = enforce(parts.policy, facts)
  if (isOver(decision)) return 'over'
  const { strength, freshnessSeconds, sessionIdleSeconds } = decision.requirement
  const first = findDecisive(decision)
  const shortfall: Shortfall | null =
    first === undefined
      ? null
      : {
          kind: decision.outcome === 'deny' ? 'refused' : first.part === 'freshness' ? 'fresh-tap' : 'stronger-key',
          rule: first.rule,
          sentence: explainDecision(decision, facts),
          requires: { strength, freshnessSeconds },
        }
  return { shortfall, idleMs: (sessionIdleSeconds ?? Infinity) * 1000 }
}

/** Until when a session lasts by the rules of today, and until when if it is not used again; null where it is over. */
export type SessionEnds = { expiresAt: number; idleEndsAt: number } | null

/** Tells of many sessions of one person when each ends. `expiresAt` of a session is what was promised at its start. */
export async function createSessionEnds(
  parts: JudgeParts,
  person: Known,
  now: number,
): Promise<(session: SessionFacts & { expiresAt: number }) => SessionEnds> {
  const actor = await actorOf(parts, person)
  return (session) => {
    if (hasLostPermission(parts, actor, session, now)) return null
    const decision = decide(parts.policy.current(), factsOfSession(actor, session, now))
    if (isOver(decision)) return null
    const { sessionAbsoluteSeconds, sessionIdleSeconds } = decision.requirement
    const expiresAt = Math.min(session.expiresAt, session.createdAt + (sessionAbsoluteSeconds ?? Infinity) * 1000)
    return {
      expiresAt,
      idleEndsAt: Math.min(expiresAt, session.lastSeenAt + (sessionIdleSeconds ?? Infinity) * 1000),
    }
  }
}

const factsOfSession = (
  actor: PolicyActor,
  { caller, method, key, address, createdAt, lastSeenAt }: SessionFacts,
  now: number,
): DecisionFacts => ({
  act: 'session',
  at: now,
  actor,
  place: null,
  address,
  proof: {
    strength: caller.strength,
    ageSeconds: (now - caller.authenticatedAt) / 1000,
    boundToAct: false,
    key,
    ...(method === 'upstream' ? { isFromElsewhere: true } : {}),
  },
  session: { idleSeconds: (now - lastSeenAt) / 1000, totalSeconds: (now - createdAt) / 1000 },
})

/** A password that no rule permits any more leads nowhere, not even to a passkey: whoever knows it may be anybody. */
const hasLostPermission = (
  { policy }: JudgeParts,
  actor: PolicyActor,
  { method, address }: Pick<SessionFacts, 'method' | 'address'>,
  now: number,
): boolean => method === 'password' && permittedUntil(policy.current(), { at: now, actor, address }) === null

const isOver = ({ unmet }: Decision): boolean =>
  unmet.some(({ part }) => part === 'sessionIdleSeconds' || part === 'sessionAbsoluteSeconds')

const dayMs = 86_400_000

/** @throws 403 where the rules do not let this token in: from here, of this person, or at its age */
export async function judgeToken(
  parts: JudgeParts,
  token: {
    caller: Known
    address: string
    /** Null for what is under way: how long a token may live is asked when it is shown. */
    lifetime: { createdAt: number; expiresAt: number } | null
  },
  now: number,
): Promise<void> {
  const { caller, lifetime } = token
  const facts: DecisionFacts = {
    act: 'token.use',
    at: now,
    actor: await actorOf(parts, caller),
    place: null,
    address: token.address,
    // A bearer secret is shown with each request: nobody tapped, and it is no older than the request.
    proof: { strength: caller.strength, ageSeconds: 0, boundToAct: false, key: null },
    ...(lifetime === null
      ? {}
      : {
          token: {
            lifetimeDays: (lifetime.expiresAt - lifetime.createdAt) / dayMs,
            ageDays: (now - lifetime.createdAt) / dayMs,
          },
        }),
  }
  const decision = enforce(parts.policy, facts)
  if (decision.outcome !== 'allow')
    throw forbidden(explainDecision(decision, facts), 'Make a new token under Account, or ask an administrator.')
}

/** A login over SSH: who it would be, from where, and with which kind of key; null for one that lies in a file. */
export interface SshLoginFacts {
  caller: Known
  address: string
  key: Proof['key']
}

/** A key that the rules do not let in. */
export class SshLoginRefused extends ProblemError {
  readonly judged: RecordedDecision

  constructor(title: string, help: string, judged: RecordedDecision) {
    super(403, 'not-allowed', title, { help })
    this.judged = judged
  }
}

/**
 * What the record of this login keeps, so that other rules can judge it later.
 * @throws SshLoginRefused where the rules do not let this key in: from here, of this person, or of its kind
 */
export async function judgeSshLogin(parts: JudgeParts, login: SshLoginFacts, now: number): Promise<RecordedDecision> {
  const facts = await factsOfSshLogin(parts, login, now)
  const decision = enforce(parts.policy, facts)
  const judged = recordDecision(parts.policy.current(), facts, decision)
  if (decision.outcome === 'allow') return judged
  const isNetwork = findDecisive(decision)?.part === 'networks'
  throw new SshLoginRefused(
    explainDecision(decision, facts),
    isNetwork ? networkHelp : 'Account → SSH keys shows what each of your keys is good for, and how to make another.',
    judged,
  )
}

/** The sentence with which `judgeSshLogin` would refuse; null where it would not. */
export async function explainSshLogin(parts: JudgeParts, login: SshLoginFacts, now: number): Promise<string | null> {
  const facts = await factsOfSshLogin(parts, login, now)
  const decision = decide(parts.policy.current(), facts)
  return decision.outcome === 'allow' ? null : explainDecision(decision, facts)
}

const factsOfSshLogin = async (
  parts: JudgeParts,
  { caller, address, key }: SshLoginFacts,
  now: number,
): Promise<DecisionFacts> => ({
  act: 'ssh.use',
  at: now,
  actor: await actorOf(parts, caller),
  place: null,
  address,
  proof: {
    strength: caller.strength,
    ageSeconds: Math.max(0, now - caller.authenticatedAt) / 1000,
    boundToAct: false,
    key,
  },
})

/** Asked at each request, so groups are read only where some rule wants to know them. */
async function actorOf({ database, policy }: JudgeParts, caller: Known): Promise<PolicyActor> {
  const { kind, username, role } = caller
  return policy.current().namesGroups
    ? await readPolicyActor(database.read, caller)
    : { kind, username, role, groups: [] }
}
