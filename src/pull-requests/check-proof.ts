import type { CredentialRecordTable, SealTable } from '../database/schema.ts'
import { conflict } from '../http/problem.ts'
import type { PersonRef } from '../http/shapes.ts'
import { SealError } from '../seals/format/seal-error.ts'
import { verifySealedCommit } from '../seals/format/verify-sealed-commit.ts'
import { verifySealedUpdate } from '../seals/format/verify-sealed-update.ts'
import { withOwnSigner } from '../seals/own-signer.ts'

/**
 * The offline verifier's own judgement of what is about to become the tip, a signed commit or a seal beside it: a branch
 * never gets one that `postern verify` would call unproven for ever. @throws 409 `not-provable`
 */
export function checkProof(given: {
  /** Null where the seal stands beside the commits. */
  commit: Buffer | null
  base: string
  tip: string
  tree: string
  seal: SealTable
  record: CredentialRecordTable
  signer: PersonRef
  repositoryId: string
  ref: string
}): void {
  const { commit, base, tip, tree, record, signer, repositoryId, ref } = given
  try {
    const { seal, signers } = withOwnSigner({ seal: given.seal, record, signer })
    if (commit !== null) verifySealedCommit({ commit, repositoryId, ref, signers, findSeal: () => seal })
    else verifySealedUpdate({ record: seal, repositoryId, ref, tip: { oid: tip, tree }, base, signers })
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    throw conflict('not-provable', 'Nobody could verify this merge later, so it was not made.', {
      detail: `${error.code}: ${error.message}.`,
      help: 'Tap again with another passkey, or add one under Account at this address.',
      cause: error,
    })
  }
}
