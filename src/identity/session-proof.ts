import type { CredentialRecordTable, SessionTable, Strength } from '../database/schema.ts'
import type { Proof } from '../policy/facts.ts'
import { credentialStrength, weaker } from '../policy/strength.ts'
import { policyKey } from './policy-actor.ts'

type Key = Parameters<typeof policyKey>[0] & Parameters<typeof credentialStrength>[0]
/** A session beside its passkey, whose columns are null where none began it. */
type Row = Pick<SessionTable, 'strength'> & { [Name in keyof Key]: Key[Name] | null }

/** What a session proves today: what it did at its start, or less where less is known of its passkey by now. */
export function proofOf({
  strength,
  backupEligible,
  transports,
  attestationOutcome,
  aaguid,
  strengthCap,
}: Row & Pick<CredentialRecordTable, 'aaguid' | 'strengthCap'>): { strength: Strength; key: Proof['key'] } {
  if (backupEligible === null || transports === null || attestationOutcome === null) return { strength, key: null }
  const key = { backupEligible, transports, attestationOutcome, aaguid, strengthCap }
  return { strength: weaker(strength, credentialStrength(key)), key: policyKey(key) }
}
