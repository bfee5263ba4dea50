import { recordEvent } from '../audit/record.ts'
import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { ProblemError } from '../http/problem.ts'
import { decide } from '../policy/decide.ts'
import { credentialStrength } from '../policy/strength.ts'
import { renderRequestOptions } from '../protocols/webauthn/options.ts'
import { parseAuthenticationResponse } from '../protocols/webauthn/response-json.ts'
import { verifyAuthentication } from '../protocols/webauthn/verify-authentication.ts'
import { WebauthnError } from '../protocols/webauthn/webauthn-error.ts'
import { asCeremonyProblem } from './ceremony-problem.ts'
import { noteUse } from './credential-records.ts'
import type { Ceremonies, Client } from './registration.ts'
import { createSession } from './sessions.ts'

/** The same options for everybody: whoever holds a passkey for this place chooses it in the browser. */
export async function beginSignIn({ challenges, place }: Ceremonies, request: { bindingHash: string }) {
  const issued = await challenges.issue({
    kind: 'sign-in',
    bindingHash: request.bindingHash,
    userId: null,
    payload: null,
  })
  return {
    ceremonyId: issued.id,
    expiresAt: issued.expiresAt,
    publicKey: renderRequestOptions({ challenge: issued.challenge, rpId: place.rpId, allow: [] }),
  }
}

/** Verifies the response and begins a session: one durable commit. */
export async function finishSignIn(
  { database, challenges, place, now }: Ceremonies,
  request: { ceremonyId: string; bindingHash: string; response: unknown; client: Client },
): Promise<{ secret: string; userId: Id<'usr'> }> {
  let known: KnownCredential | undefined
  try {
    const response = parseAuthenticationResponse(request.response)
    const { challenge } = await challenges.consume({
      id: request.ceremonyId,
      kind: 'sign-in',
      bindingHash: request.bindingHash,
      clientDataJSON: response.clientDataJSON,
    })
    known = await findKnownCredential(database, response.id)
    if (known === undefined) throw unknownPasskey()
    const verified = verifyAuthentication({
      response,
      expected: {
        challenge,
        origins: [place.origin],
        rpId: place.rpId,
        requireUserVerification: true,
        userHandleRequired: true,
        credential: {
          id: known.credentialId,
          publicKey: Buffer.from(known.publicKey, 'base64url'),
          backupEligible: known.backupEligible === 1,
          counter: known.signCount,
          userHandle: Buffer.from(known.webauthnHandle, 'base64url'),
        },
      },
    })
    const strength = credentialStrength(known)
    const decision = decide({
      act: 'sign-in',
      actorKind: known.kind,
      proof: { strength, ageSeconds: 0, boundToAct: true },
    })
    if (decision.outcome !== 'allow') throw unknownPasskey()
    const { secret } = await begin(database, {
      known,
      verified,
      strength,
      client: request.client,
      rule: decision.rule,
      at: now(),
    })
    return { secret, userId: known.userId }
  } catch (error) {
    if (known !== undefined && error instanceof WebauthnError)
      await noteRefusal(database, known, error, request.client, now())
    throw asCeremonyProblem(error)
  }
}

type KnownCredential = NonNullable<Awaited<ReturnType<typeof findKnownCredential>>>

// Ended passkeys and ended people are not found, so they look exactly like unknown ones.
function findKnownCredential(database: Pick<Database, 'read'>, credentialId: string) {
  return database.read
    .selectFrom('credentialRecord')
    .innerJoin('user', 'user.id', 'credentialRecord.userId')
    .select([
      'credentialRecord.id',
      'userId',
      'credentialId',
      'publicKey',
      'signCount',
      'backupEligible',
      'backupState',
    ])
    .select(['attestationOutcome', 'strengthCap', 'lastUsedAt', 'name', 'webauthnHandle', 'kind', 'generation'])
    .where('credentialId', '=', credentialId)
    .where('endedAt', 'is', null)
    .where('state', '=', 'active')
    .executeTakeFirst()
}

function begin(
  database: Database,
  {
    known,
    verified,
    strength,
    client,
    rule,
    at,
  }: {
    known: KnownCredential
    verified: ReturnType<typeof verifyAuthentication>
    strength: ReturnType<typeof credentialStrength>
    client: Client
    rule: string
    at: number
  },
) {
  return database.write(async (tx) => {
    await noteUse(tx, known, verified, at)
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
    const facts = { credential: known.name, credentialRecord: known.id, rule }
    await recordEvent(tx, {
      action: 'session.started',
      actor,
      target,
      facts,
      personal: { address: client.address },
      at,
    })
    if (verified.counterRegressed)
      await recordEvent(tx, {
        action: 'credential.counter-regressed',
        actor,
        target: { kind: 'credential', id: known.id },
        facts: { credential: known.name, stored: known.signCount, received: verified.counter },
        at,
      })
    return session
  })
}

function noteRefusal(database: Database, known: KnownCredential, error: WebauthnError, client: Client, at: number) {
  return database.write((tx) =>
    recordEvent(tx, {
      action: 'session.refused',
      actor: null,
      method: 'passkey',
      target: { kind: 'credential', id: known.id },
      outcome: 'refused',
      facts: { reason: error.code, credential: known.name },
      personal: { address: client.address },
      at,
    }),
  )
}

const unknownPasskey = (): ProblemError =>
  new ProblemError(401, 'passkey-unknown', 'This passkey is not known here.', {
    help: 'Choose another passkey. If yours was removed, ask an administrator for a registration link.',
  })
