import type { CredentialRecordTable, SealTable } from '../database/schema.ts'
import { parseSealRecord, renderSealRecord, type SealRecord } from './format/seal-record.ts'
import { createSignerEntry, type SignerEntry } from './format/signer-entry.ts'
import { renderTime } from './format/time.ts'

/** A stored seal in the form that verifiers read; nothing of it is composed anew. */
export function sealRecordOf(seal: SealTable, credentialId: string): SealRecord {
  const record: SealRecord = {
    statement: Buffer.from(seal.statement, 'base64'),
    action: seal.action,
    namespace: seal.namespace as SealRecord['namespace'],
    credentialId,
    response: {
      authenticatorData: Buffer.from(seal.authenticatorData, 'base64url'),
      clientDataJSON: Buffer.from(seal.clientDataJson, 'base64url'),
      signature: Buffer.from(seal.signature, 'base64url'),
    },
    armored: seal.armored,
    strength: seal.strength,
  }
  // Whatever a verifier would not read must not get into a list that is never rewritten.
  return parseSealRecord(renderSealRecord(record))
}

export interface SignerFacts {
  record: CredentialRecordTable
  user: { id: string; username: string; displayName: string }
  /** The seals that vouched for it and that ended it, each with the credential it was made with. */
  endorsement: SealRecord | null
  endingSeal: SealRecord | null
  /** Where it has sealed so far: an instance may move to another port of its host. */
  sealedAt: readonly string[]
}

const mostInName = 200

/** A name may come from elsewhere: whatever is in it, it keeps no list of signers from being written. */
const nameInEntry = (name: string): string =>
  Array.from(name.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' '))
    .slice(0, mostInName)
    .join('')
    .trim() || 'Unnamed'

export function signerEntryOf({ record, user, endorsement, endingSeal, sealedAt }: SignerFacts): SignerEntry {
  return createSignerEntry({
    userId: user.id,
    username: user.username,
    displayName: nameInEntry(user.displayName),
    credentialId: record.credentialId,
    publicKey: Buffer.from(record.publicKey, 'base64url'),
    backupEligible: record.backupEligible === 1,
    rpId: record.rpId,
    origins: { signIn: [record.origin], sealing: [...new Set([record.origin, ...sealedAt.toSorted()])] },
    enrolledVia: record.enrolledVia,
    addedAt: renderTime(record.createdAt),
    endorsement,
    ended: record.endedAt === null ? null : { at: renderTime(record.endedAt), seal: endingSeal },
  })
}
