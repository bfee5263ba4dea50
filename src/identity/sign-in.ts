import type { RecordedDecision } from '../audit/decision.ts'
import { recordEvent } from '../audit/record.ts'
import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { forbidden } from '../http/problem.ts'
import type { DecisionFacts } from '../policy/facts.ts'
import { enforce } from '../policy/in-force.ts'
import { recordDecision } from '../policy/record-decision.ts'
import { credentialStrength } from '../policy/strength.ts'
import { explainDecision, helpWith } from '../policy/words.ts'
import { type Hint, renderRequestOptions } from '../protocols/webauthn/options.ts'
import { parseAuthenticationResponse } from '../protocols/webauthn/response-json.ts'
import type { verifyAuthentication } from '../protocols/webauthn/verify-authentication.ts'
import { WebauthnError } from '../protocols/webauthn/webauthn-error.ts'
import { asCeremonyProblem } from './ceremony-problem.ts'
import { copiedProblem, recordRegression, refusesRegression } from './counter-regression.ts'
import { noteUse } from './credential-records.ts'
import { findOverProblem } from './guests/access-over.ts'
import { isOver } from './guests/is-over.ts'
import {
  findKnownPasskey,
  findOverPasskey,
  type KnownPasskey,
  unknownPasskey,
  verifyKnownPasskey,
} from './known-passkey.ts'
import { countUntested } from './passwords/conditional-passkey.ts'
import { mayCountUntested } from './passwords/may-count-untested.ts'
import { untestedCap } from './passwords/password-logins.ts'
import { policyKey, readPolicyActor } from './policy-actor.ts'
import { settleRecovery } from './recovery/settle-recovery.ts'
import { suspendedProblem } from './recovery/suspended-problem.ts'
import type { Ceremonies, Client } from './registration.ts'
import { createSession } from './sessions.ts'

/** The same options for everybody: whoever holds a passkey for this place chooses it in the browser. */
export async function beginSignIn(
  { challenges, place }: Ceremonies,
  request: { bindingHash: string; hint?: Hint | undefined },
) {
  const issued = await challenges.issue({
    kind: 'sign-in',
    bindingHash: request.bindingHash,
    userId: null,
    payload: null,
  })
  return {
    ceremonyId: issued.id,
    expiresAt: issued.expiresAt,
    publicKey: renderRequestOptions({
      challenge: issued.challenge,
      rpId: place.rpId,
      allow: [],
      hint: request.hint,
    }),
  }
}

/** Verifies the response and begins a session: one durable commit. */
export async function finishSignIn(
  ceremonies: Ceremonies,
  request: {
    ceremonyId: string
    bindingHash: string
    response: unknown
    client: Client
    /** As the browser says; recorded as a figure. */
    sinceShownMs?: number
  },
): Promise<{ secret: string; userId: Id<'usr'> }> {
  const { database, challenges, place, now } = ceremonies
  let known: KnownPasskey | undefined
  try {
    const response = parseAuthenticationResponse(request.response)
    const { challenge } = await challenges.consume({
      id: request.ceremonyId,
      kind: 'sign-in',
      bindingHash: request.bindingHash,
      clientDataJSON: response.clientDataJSON,
    })
    known = (await findKnownPasskey(database.read, { credentialId: response.id })).at(0)
    if (known !== undefined && known.suspendedBy !== null) {
      // Its time may be over, either way, without anybody having looked.
      await settleRecovery(database, known.suspendedBy, now())
      known = (await findKnownPasskey(database.read, { credentialId: response.id })).at(0)
    }
    const isHere = known !== undefined
    known ??= (await findOverPasskey(database.read, { credentialId: response.id })).at(0)
    if (known === undefined) throw unknownPasskey()
    const verified = verifyKnownPasskey(place, known, { response, challenge })
    if (known.suspendedBy !== null) {
      await noteRefusal(database, known, { reason: 'passkey-suspended' }, request.client, now())
      throw await suspendedProblem(database.read, known.suspendedBy)
    }
    if (!isHere || isOver(known, now())) {
      await noteRefusal(database, known, { reason: 'access-over' }, request.client, now())
      throw (await findOverProblem(database.read, known.userId, now())) ?? unknownPasskey()
    }
    if (await refusesRegression(database.read, verified)) {
      await noteRefusal(database, known, { reason: 'counter-regressed', verified }, request.client, now())
      throw copiedProblem()
    }
    // Made by a browser unasked, until its person taps it for the first time: now.
    const isFirstTap = known.strengthCap === untestedCap
    if (isFirstTap && !(await mayCountUntested(ceremonies, known, request.client))) {
      await noteRefusal(database, known, { reason: 'password-over' }, request.client, now())
      throw forbidden(
        'This passkey came with a password that no longer signs anybody in, and was never used before that.',
        'Ask an administrator for a link to register with.',
      )
    }
    const strength = credentialStrength(isFirstTap ? { ...known, strengthCap: 'passkey' } : known)
    const judged = await judgeSignIn(ceremonies, known, { strength, client: request.client, at: now() })
    // A key that is too weak by the rules still shows who it is: its session reaches only what lets its person get a
    // stronger one (`checkShortfall`). From where no key would help, there is no session.
    if (judged.recorded.outcome === 'deny') {
      await noteRefusal(database, known, { reason: judged.recorded.rule, ...judged }, request.client, now())
      throw forbidden(judged.sentence, judged.help)
    }
    const { secret } = await begin(database, {
      known,
      verified,
      strength,
      isFirstTap,
      client: request.client,
      recorded: judged.recorded,
      sinceShownMs: request.sinceShownMs,
      at: now(),
    })
    return { secret, userId: known.userId }
  } catch (error) {
    if (known !== undefined && error instanceof WebauthnError)
      await noteRefusal(database, known, { reason: error.code }, request.client, now())
    throw asCeremonyProblem(error)
  }
}

async function judgeSignIn(
  { database, policy }: Ceremonies,
  known: KnownPasskey,
  { strength, client, at }: { strength: ReturnType<typeof credentialStrength>; client: Client; at: number },
) {
  const facts: DecisionFacts = {
    act: 'sign-in',
    at,
    actor: await readPolicyActor(database.read, {
      id: known.userId,
      kind: known.kind,
      username: known.username,
      role: known.role,
    }),
    place: null,
    address: client.address,
    proof: { strength, ageSeconds: 0, boundToAct: true, key: policyKey(known) },
  }
  const rules = policy.current()
  const decision = enforce(policy, facts)
  return {
    recorded: recordDecision(rules, facts, decision),
    sentence: explainDecision(decision, facts),
    help: helpWith(decision),
  }
}

function begin(
  database: Database,
  {
    known,
    verified,
    strength,
    isFirstTap,
    client,
    recorded,
    sinceShownMs,
    at,
  }: {
    known: KnownPasskey
    verified: ReturnType<typeof verifyAuthentication>
    strength: ReturnType<typeof credentialStrength>
    isFirstTap: boolean
    client: Client
    recorded: RecordedDecision
    sinceShownMs: number | undefined
    at: number
  },
) {
  return database.write(async (tx) => {
    await noteUse(tx, known, verified, at)
    if (isFirstTap) await countUntested(tx, { userId: known.userId, id: known.id, at })
    const session = await createSession(tx, {
      userId: known.userId,
      userGeneration: known.generation,
      credentialRecordId: known.id,
      strength,
      ...client,
      at,
    })
    const actor = { id: known.userId, method: 'passkey' as const, strength }
    const target = { kind: 'session', id: session.id }
    const facts = {
      credential: known.name,
      credentialRecord: known.id,
      rule: recorded.rule,
      ...(sinceShownMs === undefined ? {} : { sinceShownMs }),
    }
    await recordEvent(tx, {
      action: 'session.started',
      actor,
      target,
      facts,
      decision: recorded,
      personal: { address: client.address },
      at,
    })
    if (verified.counterRegressed) await recordRegression(tx, { actor, record: known, verified, at })
    return session
  })
}

function noteRefusal(
  database: Database,
  known: KnownPasskey,
  why: { reason: string; recorded?: RecordedDecision; verified?: ReturnType<typeof verifyAuthentication> },
  client: Client,
  at: number,
) {
  return database.write(async (tx) => {
    await recordEvent(tx, {
      action: 'session.refused',
      actor: null,
      method: 'passkey',
      target: { kind: 'credential', id: known.id },
      outcome: 'refused',
      facts: { reason: why.reason, credential: known.name },
      ...(why.recorded === undefined ? {} : { decision: why.recorded }),
      personal: { address: client.address },
      at,
    })
    if (why.verified === undefined) return
    const actor = { id: known.userId, method: 'passkey' as const, strength: null }
    await recordRegression(tx, { actor, record: known, verified: why.verified, outcome: 'refused', at })
  })
}
