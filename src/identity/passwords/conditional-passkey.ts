import { recordEvent } from '../../audit/record.ts'
import type { Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { conflict, notFound } from '../../http/problem.ts'
import { renderCreationOptions } from '../../protocols/webauthn/options.ts'
import { actorOf, type SessionCaller } from '../caller.ts'
import { createCredentialRecord, listCredentialRecords } from '../credential-records.ts'
import { checkStillHere } from '../ending/check-still-here.ts'
import { unknownPasskey } from '../known-passkey.ts'
import { type Ceremonies, verifyRegistrationCeremony } from '../registration.ts'
import { findUserById } from '../users.ts'
import { endPasswordLogin, untestedCap } from './password-logins.ts'

/**
 * Options for a passkey that the browser makes without asking, because its password manager has just filled the
 * password in (WebAuthn L3 §5.1.3, `mediation: 'conditional'`). @throws 409 where there is any passkey
 */
export async function beginConditional({ database, challenges, place }: Ceremonies, caller: SessionCaller) {
  const user = await findUserById(database.read, caller.id)
  if (user === undefined) throw notFound('This person')
  await refuseSecond(database.read, caller.id)
  const issued = await challenges.issue({
    kind: 'registration',
    bindingHash: caller.by.sessionHash,
    userId: caller.id,
    payload: { isConditional: true },
  })
  return {
    ceremonyId: issued.id,
    expiresAt: issued.expiresAt,
    publicKey: renderCreationOptions({
      challenge: issued.challenge,
      rpId: place.rpId,
      user: { handle: user.webauthnHandle, name: user.username, displayName: user.displayName },
      exclude: [],
    }),
  }
}

/** Keeps it, untested: neither session nor password change before its person signs in with it. */
export async function finishConditional(
  ceremonies: Ceremonies,
  caller: SessionCaller,
  request: { ceremonyId: string; response: unknown; name: string },
): Promise<void> {
  const { database, place, policy, now } = ceremonies
  const { registration, judgement, userId } = await verifyRegistrationCeremony(ceremonies, {
    ...request,
    bindingHash: caller.by.sessionHash,
    isConditional: true,
  })
  if (userId !== caller.id)
    throw conflict('ceremony-over', 'This passkey was made for somebody else.', { help: 'Add it once more.' })
  await database.write(async (tx) => {
    const at = now()
    await checkStillHere(tx, caller.id)
    await refuseSecond(tx, caller.id)
    const created = await createCredentialRecord(tx, {
      userId: caller.id,
      registration,
      judgement,
      rpId: place.rpId,
      name: request.name,
      enrolledVia: 'password',
      endorsedBy: null,
      strengthCap: untestedCap,
      policy,
      address: caller.address,
      at,
    })
    await recordEvent(tx, {
      action: 'credential.added',
      actor: actorOf(caller),
      target: { kind: 'credential', id: created.id },
      facts: {
        credential: created.name,
        algorithm: created.algorithm,
        attestation: created.attestationOutcome,
        untested: 1,
      },
      at,
    })
  })
}

async function refuseSecond(db: Db<'credentialRecord'>, userId: Id<'usr'>): Promise<void> {
  if ((await listCredentialRecords(db, userId)).length > 0)
    throw conflict('has-passkey', 'You have a passkey already.', { help: 'Sign in with it.' })
}

/**
 * Its person has signed in with it: from now on it counts as what came in by a password, and the password is over.
 * @throws 401 where either ended meanwhile
 */
export async function countUntested(
  tx: Tx<
    'credentialRecord' | 'passwordLogin' | 'totp' | 'session' | 'registrationLink' | 'auditEvent' | 'auditPersonal'
  >,
  { userId, id, at }: { userId: Id<'usr'>; id: Id<'crd'>; at: number },
): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('credentialRecord')
    .set({ strengthCap: 'passkey', uvInitialized: 1 })
    .where('id', '=', id)
    .where('strengthCap', '=', untestedCap)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  const isOver = await endPasswordLogin(tx, { userId, reason: 'a passkey was used', actor: null, at })
  if (Number(numUpdatedRows) !== 1 || !isOver) throw unknownPasskey()
}
