import type { Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { RefUpdateTable, SealTable, Strength } from '../../database/schema.ts'
import { conflict } from '../../http/problem.ts'
import { findCredentialRecord } from '../../identity/credential-records.ts'
import { credentialStrength, weaker } from '../../policy/strength.ts'
import { renderCommit, sealedCommit, trailersFor } from '../../seals/format/commit.ts'
import { SealError } from '../../seals/format/seal-error.ts'
import { parseStatement, type Statement } from '../../seals/format/statement.ts'
import { parseTime } from '../../seals/format/time.ts'
import { verifySealedEdit } from '../../seals/format/verify-sealed-commit.ts'
import { getUnspentSeal } from '../../seals/find-unspent.ts'
import { withOwnSigner } from '../../seals/own-signer.ts'
import { takeSeal } from '../../seals/take-seal.ts'
import type { RepositoryPlace } from '../place.ts'
import { commitQuestion, draftOfCommit, type TappedParts, type WrittenCommit } from './tapped-commit.ts'

/** The commit that was signed, and how its tap is used up. */
export interface TappedCommit {
  /** The whole object, with its signature where the key makes one. */
  bytes: Buffer
  sealId: Id<'sea'>
  strength: Strength
  /** In the transaction that moves the branch. @throws 403, 409 */
  take: (tx: Tx<'seal' | 'user'>) => Promise<void>
}

/**
 * Exactly the bytes that were signed, where they are what would be signed now: the same branch, parent, tree, words and
 * rules. @throws 409 with what to do
 */
export async function readTapped(parts: TappedParts, written: WrittenCommit, sealId: string): Promise<TappedCommit> {
  const { database, policy, now } = parts
  const { caller, place, ref } = written
  const seal = await getUnspentSeal(database.read, { id: sealId, userId: caller.id, ...again })
  const statement = parseStatement(Buffer.from(seal.statement, 'base64'))
  if (!isForThis(statement, written)) throw mismatch()
  if (statement.predicate.policyDigest !== policy.current().digest)
    throw conflict('policy-changed', 'The rules changed after you tapped.', again)
  const bytes = renderAgain(parts, written, { seal, statement })
  const record = await findCredentialRecord(database.read, caller.id, seal.credentialRecordId)
  if (record === undefined)
    throw conflict('credential-ended', 'The passkey you tapped with was removed meanwhile.', again)
  const own = withOwnSigner({ seal, record, signer: caller })
  checkProvable({
    commit: bytes,
    ref,
    repositoryId: place.repository.id,
    signers: own.signers,
    findSeal: () => own.seal,
  })
  return {
    bytes,
    sealId: seal.id,
    strength: weaker(seal.strength, credentialStrength(record)),
    async take(tx) {
      const question = commitQuestion(written)
      await takeSeal(tx, { sealId, caller, policy, question, at: now(), isFor: (one) => isForThis(one, written) })
    },
  }
}

/** What this tap has made already, where the answer to a first call was lost on its way. */
export const findMade = (
  db: Db<'refUpdate'>,
  { place, caller, ref, sealId }: Pick<WrittenCommit, 'caller' | 'ref'> & { place: RepositoryPlace; sealId: string },
): Promise<Pick<RefUpdateTable, 'newOid'> | undefined> =>
  db
    .selectFrom('refUpdate')
    .select('newOid')
    .where('sealId', '=', sealId as Id<'sea'>)
    .where('repositoryId', '=', place.repository.id)
    .where('ref', '=', ref)
    .where('actorId', '=', caller.id)
    .where('state', '=', 'done')
    .executeTakeFirst()

const again = { help: 'Nothing was made: look at it again, and tap once more.' }

const mismatch = () => conflict('seal-mismatch', 'This tap was made for something else.', again)

/** Compared with what the request comes to, never with anything else the caller says. */
function isForThis(
  { subject, predicate }: Statement,
  { place, caller, ref, oldOid, parent, tree }: WrittenCommit,
): boolean {
  const on = subject[0]?.digest
  return (
    predicate.action === 'commit' &&
    predicate.signer.userId === caller.id &&
    predicate.repository?.id === place.repository.id &&
    predicate.targetRef === ref &&
    predicate.fromID === oldOid &&
    predicate.targetID === tree &&
    on !== undefined &&
    'gitCommit' in on &&
    on.gitCommit === parent
  )
}

/** @throws 409 `seal-mismatch` where its words differ */
function renderAgain(
  parts: TappedParts,
  written: WrittenCommit,
  { seal, statement }: { seal: SealTable; statement: Statement },
): Buffer {
  const at = (parseTime(statement.predicate.issuedAt) ?? 0) * 1000
  const { template } = draftOfCommit(parts, written, { at, lifetimeMs: 0 })
  const unsigned = Buffer.from(seal.message, 'base64')
  if (!renderCommit(template, trailersFor(statement, seal.statementDigest)).equals(unsigned)) throw mismatch()
  return sealedCommit(unsigned, seal.armored)
}

/** By the offline verifier's own judgement: nobody gets a commit that could never be verified. @throws 409 `not-provable` */
function checkProvable(given: Parameters<typeof verifySealedEdit>[0]): void {
  try {
    verifySealedEdit(given)
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    throw conflict('not-provable', 'Nobody could verify this commit later, so it was not made.', {
      detail: `${error.code}: ${error.message}.`,
      help: 'Tap again with another passkey, or add one under Account at this address.',
      cause: error,
    })
  }
}
