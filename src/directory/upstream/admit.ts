import { recordEvent } from '../../audit/record.ts'
import { type Database, type Tx, orUniqueViolation, UniqueViolation } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName } from '../../database/schema.ts'
import { ProblemError } from '../../http/problem.ts'
import type { EndAccess } from '../../identity/ending/end-access.ts'
import type { Ceremonies, Client } from '../../identity/registration.ts'
import { readPolicyActor } from '../../identity/policy-actor.ts'
import { createSession } from '../../identity/sessions.ts'
import { findUserById } from '../../identity/users.ts'
import { enforce } from '../../policy/in-force.ts'
import { recordDecision } from '../../policy/record-decision.ts'
import { explainDecision } from '../../policy/words.ts'
import { findJoined, type Joined, joinByAddress } from './find-or-make-person.ts'
import type { Provider } from './openid.ts'
import type { ProvenIdentity } from './proven-identity.ts'
import { lockProvider } from './lock-provider.ts'
import { checkRequiredGroup } from './required-group.ts'
import type { UpstreamRefusal } from './shapes.ts'
import { syncGroups } from './sync-groups.ts'
import { UpstreamError } from './upstream-error.ts'

export interface AdmitParts {
  database: Database
  policy: Ceremonies['policy']
  endAccess: Pick<EndAccess, 'end' | 'restore'>
  now: () => number
}

interface Arriving {
  provider: Provider
  identity: ProvenIdentity
  client: Client
}

/** What a refused arrival has changed stays: access that ended by it, groups that were left. */
type Outcome = { secret: string; userId: Id<'usr'> } | { refused: UpstreamRefusal; sentence: string }

/**
 * Begins a session for whoever another place vouches for, or says why not. One transaction: who they are, whether they
 * may still come, their groups of today, what the rules say, the session. @throws UpstreamError
 */
export async function admit(parts: AdmitParts, arriving: Arriving): Promise<{ secret: string; userId: Id<'usr'> }> {
  const attempt = () => orUniqueViolation(parts.database.write((tx) => decide(tx, parts, arriving)))
  // Two first arrivals at once: the second finds what the first has made.
  const outcome = await attempt().catch((error: unknown) => {
    if (error instanceof UniqueViolation || (error instanceof ProblemError && error.code === 'username-taken'))
      return attempt()
    throw error
  })
  if ('refused' in outcome) throw new UpstreamError(outcome.refused, outcome.sentence)
  return outcome
}

async function decide(tx: Tx<TableName>, parts: AdmitParts, arriving: Arriving): Promise<Outcome> {
  const { identity, client } = arriving
  const at = parts.now()
  try {
    const provider = await lockProvider(tx, arriving.provider)
    const known = await findJoined(tx, identity)
    await checkRequiredGroup(tx, parts, { provider, identity, known, at })
    // Read again: the group may just have given them their access back.
    const here = checkHere(known && (await findJoined(tx, known.link)), at)
    const { user, link } = here ?? (await joinByAddress(tx, { provider, identity, at }))
    await syncGroups(tx, { provider, identity, user, at })
    const now = (await findUserById(tx, user.id)) ?? user
    const facts = {
      act: 'sign-in' as const,
      at,
      actor: await readPolicyActor(tx, now),
      place: null,
      address: client.address,
      proof: { strength: identity.strength, ageSeconds: 0, boundToAct: true, key: null, isFromElsewhere: true },
    }
    const rules = parts.policy.current()
    const decision = enforce(parts.policy, facts)
    const recorded = recordDecision(rules, facts, decision)
    // What is too weak still begins a session: it reaches only what lets its person get a passkey.
    if (decision.outcome === 'deny') {
      await recordRefusal(tx, arriving, { reason: recorded.rule, at, decision: recorded })
      return { refused: 'refused-here', sentence: explainDecision(decision, facts) }
    }
    await useLink(tx, { link, provider, identity, at })
    const session = await createSession(tx, {
      userId: now.id,
      userGeneration: now.generation,
      credentialRecordId: null,
      method: 'upstream',
      strength: identity.strength,
      ...client,
      at,
    })
    await tx
      .insertInto('upstreamSession')
      .values({ sessionId: session.id, externalIdentityId: link.id, sid: identity.sid })
      .execute()
    await recordEvent(tx, {
      action: 'session.started',
      actor: { id: now.id, method: 'upstream', strength: identity.strength },
      target: { kind: 'session', id: session.id },
      facts: { credential: provider.name, provider: provider.id, rule: recorded.rule },
      decision: recorded,
      personal: { address: client.address },
      at,
    })
    return { secret: session.secret, userId: now.id }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    await recordRefusal(tx, arriving, { reason: error.refusal, at })
    return { refused: error.refusal, sentence: error.message }
  }
}

/** @throws UpstreamError where they are known and may not come any more */
function checkHere(known: Joined | undefined, at: number): Joined | undefined {
  if (known === undefined) return undefined
  const { user, link } = known
  if (user.kind !== 'person' || user.state !== 'active' || (user.endsAt !== null && user.endsAt <= at))
    throw new UpstreamError('access-ended', 'The access of whoever this account is joined with has ended.')
  if (link.endedAt !== null) throw linkEnded()
  return known
}

/** Before the session is there: whoever parts from it at this moment finds that session, or is found to have parted. */
async function useLink(
  tx: Tx<'externalIdentity'>,
  { link, provider, identity, at }: Pick<Arriving, 'provider' | 'identity'> & Pick<Joined, 'link'> & { at: number },
): Promise<void> {
  const used = await tx
    .updateTable('externalIdentity')
    .set({ lastSignInAt: at, label: identity.label, providerId: provider.id })
    .where('id', '=', link.id)
    .where('endedAt', 'is', null)
    .returning('id')
    .executeTakeFirst()
  if (used === undefined) throw linkEnded()
}

const linkEnded = (): UpstreamError =>
  new UpstreamError('link-ended', 'This account was joined with somebody here, and no longer is.')

function recordRefusal(
  tx: Tx<TableName>,
  { provider, client }: Arriving,
  why: { reason: string; at: number; decision?: ReturnType<typeof recordDecision> },
) {
  return recordEvent(tx, {
    action: 'session.refused',
    actor: null,
    method: 'upstream',
    target: { kind: 'identity-provider', id: provider.id },
    outcome: 'refused',
    facts: { reason: why.reason, credential: provider.name },
    ...(why.decision === undefined ? {} : { decision: why.decision }),
    personal: { address: client.address },
    at: why.at,
  })
}
