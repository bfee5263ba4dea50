import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { listCredentialRecords } from '../credential-records.ts'
import { findUserById } from '../users.ts'
import { findRecoveryUnderWay } from './find-recovery.ts'
import type { PasskeySignals } from './shapes.ts'

/**
 * Which passkeys of this person work here, for the WebAuthn Signal API. An authenticator may delete for good what is not
 * named, and with it the tap that cancels a recovery: so nothing is said while one is not settled.
 */
export async function findPasskeySignals(
  db: Db<'user' | 'credentialRecord' | 'recovery'>,
  { userId, rpId }: { userId: Id<'usr'>; rpId: string },
): Promise<PasskeySignals> {
  const user = await findUserById(db, userId)
  if (user === undefined || user.state !== 'active') return null
  if ((await findRecoveryUnderWay(db, userId)) !== undefined) return null
  const records = await listCredentialRecords(db, userId)
  return {
    rpId,
    userId: user.webauthnHandle,
    name: user.username,
    displayName: user.displayName,
    allAcceptedCredentialIds: records.filter((record) => record.rpId === rpId).map((record) => record.credentialId),
  }
}
