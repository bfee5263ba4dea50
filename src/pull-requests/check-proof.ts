import type { CredentialRecordTable, SealTable } from '../database/schema.ts'
import { conflict } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import { sealRecordOf, signerEntryOf } from '../repositories/seal-records.ts'
import { SealError } from '../seals/format/seal-error.ts'
import { verifySealedCommit } from '../seals/format/verify-sealed-commit.ts'

/**
 * The offline verifier's own judgement of the commit that is about to become the tip: a branch never gets one that
 * `postern verify` would call unproven for ever. @throws 409 `not-provable`
 */
export function checkProof(given: {
  commit: Buffer
  seal: SealTable
  record: CredentialRecordTable
  signer: Caller
  repositoryId: string
  ref: string
}): void {
  const { commit, record, signer, repositoryId, ref } = given
  try {
    const entry = signerEntryOf({
      record,
      user: signer,
      endorsement: null,
      endingSeal: null,
      sealedAt: [given.seal.origin],
    })
    const seal = sealRecordOf(given.seal, record.credentialId)
    const signers = new Map([[entry.credentialId, entry]])
    verifySealedCommit({ commit, repositoryId, ref, signers, findSeal: () => seal })
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    throw conflict('not-provable', 'Nobody could verify this merge later, so it was not made.', {
      detail: `${error.code}: ${error.message}.`,
      help: 'Tap again with another passkey, or add one under Account at this address.',
      cause: error,
    })
  }
}
