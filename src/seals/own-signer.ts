import type { CredentialRecordTable, SealTable } from '../database/schema.ts'
import type { PersonRef } from '../http/shapes.ts'
import type { SealRecord } from './format/seal-record.ts'
import type { Signers } from './format/verify-seal.ts'
import { sealRecordOf, signerEntryOf } from './stored-seal.ts'

/** A seal and the one who made it, as the offline verifier will know them. */
export function withOwnSigner(given: { seal: SealTable; record: CredentialRecordTable; signer: PersonRef }): {
  seal: SealRecord
  signers: Signers
} {
  const { record, signer } = given
  const entry = signerEntryOf({
    record,
    user: signer,
    endorsement: null,
    endingSeal: null,
    sealedAt: [given.seal.origin],
  })
  return { seal: sealRecordOf(given.seal, record.credentialId), signers: new Map([[entry.credentialId, entry]]) }
}
