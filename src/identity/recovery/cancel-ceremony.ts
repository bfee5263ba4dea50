import { conflict } from '../../http/problem.ts'
import { renderRequestOptions } from '../../protocols/webauthn/options.ts'
import { parseAuthenticationResponse } from '../../protocols/webauthn/response-json.ts'
import { untestedCap } from '../passwords/password-logins.ts'
import { asCeremonyProblem } from '../ceremony-problem.ts'
import { copiedProblem, recordRegression, refusesRegression } from '../counter-regression.ts'
import { noteUse } from '../credential-records.ts'
import { findKnownPasskey, unknownPasskey, verifyKnownPasskey } from '../known-passkey.ts'
import type { Ceremonies } from '../registration.ts'
import { credentialStrength } from '../../policy/strength.ts'
import type { RecoveryStops } from './begin-recovery.ts'
import { cancelRecovery } from './cancel-recovery.ts'

const kind = 'recovery-cancel'

/** A ceremony of its own kind: its answer signs nobody in, and a sign-in's answer cancels nothing. */
export async function beginCancel({ challenges, place }: Ceremonies, { bindingHash }: { bindingHash: string }) {
  const issued = await challenges.issue({ kind, bindingHash, userId: null, payload: null })
  return {
    ceremonyId: issued.id,
    expiresAt: issued.expiresAt,
    publicKey: renderRequestOptions({ challenge: issued.challenge, rpId: place.rpId, allow: [] }),
  }
}

/** One tap on a suspended passkey undoes the recovery that suspended it, and no other. @throws 401, 409 */
export async function finishCancel(
  { database, challenges, place, now }: Ceremonies,
  stops: RecoveryStops,
  request: { ceremonyId: string; bindingHash: string; response: unknown; address: string },
): Promise<void> {
  try {
    const response = parseAuthenticationResponse(request.response)
    const { bindingHash, ceremonyId: id } = request
    const { challenge } = await challenges.consume({ id, kind, bindingHash, clientDataJSON: response.clientDataJSON })
    const known = (await findKnownPasskey(database.read, { credentialId: response.id })).at(0)
    // One that a browser made beside a password, and nobody has tapped, is worth no more than that password.
    if (known === undefined || known.strengthCap === untestedCap) throw unknownPasskey()
    const verified = verifyKnownPasskey(place, known, { response, challenge })
    const { suspendedBy } = known
    if (suspendedBy === null)
      throw conflict('nothing-to-cancel', 'Nobody is getting back into the account of this passkey.', {
        help: 'You can sign in with it.',
      })
    const actor = { id: known.userId, method: 'passkey' as const, strength: credentialStrength(known) }
    if (await refusesRegression(database.read, verified)) {
      await database.write((tx) =>
        recordRegression(tx, {
          actor: { ...actor, strength: null },
          record: known,
          verified,
          outcome: 'refused',
          at: now(),
        }),
      )
      throw copiedProblem()
    }
    await database.write(async (tx) => {
      const at = now()
      await noteUse(tx, known, verified, at)
      if (verified.counterRegressed) await recordRegression(tx, { actor, record: known, verified, at })
      await cancelRecovery(tx, stops, {
        id: suspendedBy,
        actor,
        how: `a tap on “${known.name}”`,
        address: request.address,
        at,
      })
    })
  } catch (error) {
    throw asCeremonyProblem(error)
  }
}
