import { sshsigBlob } from '../../protocols/sshsig/sshsig.ts'
import { type VerifiedAuthentication, verifyAuthentication } from '../../protocols/webauthn/verify-authentication.ts'
import { preAuthEncoding } from './dsse.ts'
import { asProofError } from './proof-error.ts'
import { SealError } from './seal-error.ts'
import type { SealRecord, SealStrength } from './seal-record.ts'
import type { KnownSigner } from './revocation.ts'
import type { SignerEntry } from './signer-entry.ts'
import { assemble } from './signing.ts'
import {
  GIT_NAMESPACE,
  SEAL_NAMESPACE,
  type Statement,
  parseStatement,
  signsObject,
  statementDigest,
} from './statement.ts'
import { parseTime } from './time.ts'

/** Signers by credential id. */
export type Signers = ReadonlyMap<string, KnownSigner>

export interface VerifiedSeal {
  statement: Statement
  /** `sha256:<hex>` */
  statementDigest: string
  entry: SignerEntry
  origin: string
  counter: number
  /** What the authenticator claims of the key: it may be copied, and it is. */
  backupEligible: boolean
  backupState: boolean
  /** As recorded by the server; contradicted by no flag. */
  strength: SealStrength
}

/**
 * Verifies one tap over one statement: signer, message, origin, presence, verification, signature, and the SSH form
 * against the raw response. `message` is the unsigned commit or tag, for merge, squash, commit and tag alone. `origins` pins the origins
 * in place of the list in the signer's entry. Who the signer is worth believing to be is verifySignerChain's question,
 * and whether the statement fits a commit or tag verifySealedCommit's and verifySealedTag's. Throws SealError.
 */
export function verifySeal(given: {
  record: SealRecord
  message?: Buffer
  signers: Signers
  origins?: readonly string[] | undefined
}): VerifiedSeal {
  const { record, signers } = given
  const statement = parseStatement(record.statement)
  const entry = checkSigner(record, statement, signers)
  const message = messageOf(record, statement, given.message)
  const tap = checkResponse(record, entry, message, given.origins ?? entry.origins.sealing)
  checkSshForm(record, entry)
  checkStrength(record, entry)
  checkStanding(record, entry)
  checkLifetime(statement, entry)
  return {
    statement,
    statementDigest: statementDigest(record.statement),
    entry,
    origin: tap.origin,
    counter: tap.counter,
    backupEligible: entry.backupEligible,
    backupState: tap.backupState,
    strength: record.strength,
  }
}

/** The record, the statement and the list of signers name one person with one credential. */
function checkSigner(record: SealRecord, { predicate }: Statement, signers: Signers): KnownSigner {
  const { signer, action } = predicate
  const entry = signers.get(record.credentialId)
  if (!entry) throw new SealError('signer-unknown', 'the credential is not in the list of signers')
  if (entry.credentialId !== signer.credentialId || record.credentialId !== signer.credentialId) {
    throw new SealError('signer-mismatch', 'the statement names another credential')
  }
  if (entry.userId !== signer.userId || entry.username !== signer.username) {
    throw new SealError('signer-mismatch', 'the credential belongs to another person than the statement says')
  }
  if (record.action !== action) throw new SealError('record-malformed', 'the record names another action')
  return entry
}

function messageOf(record: SealRecord, statement: Statement, object: Buffer | undefined): Buffer {
  const isObject = signsObject(statement.predicate.action)
  if (record.namespace !== (isObject ? GIT_NAMESPACE : SEAL_NAMESPACE)) {
    throw new SealError('namespace-mismatch', 'sealed in the namespace of another kind of act')
  }
  if (isObject !== (object !== undefined)) {
    throw new SealError('action-mismatch', 'exactly merge, squash, commit and tag sign a git object')
  }
  return object ?? preAuthEncoding(record.statement)
}

function checkResponse(
  { response, namespace }: SealRecord,
  entry: SignerEntry,
  message: Buffer,
  origins: readonly string[],
): VerifiedAuthentication {
  const { credentialId: id, publicKey, backupEligible, rpId } = entry
  return asProofError(() =>
    verifyAuthentication({
      response: { id, ...response },
      expected: {
        challenge: sshsigBlob(namespace, message),
        origins,
        rpId,
        requireUserVerification: true,
        // Counters are judged when the tap is made; long after, there is nothing to compare them with.
        credential: { id, publicKey, backupEligible, counter: 0, userHandle: Buffer.alloc(0) },
        userHandleRequired: false,
      },
    }),
  )
}

/** What stock tools verify is this very response, and nothing beside it. */
function checkSshForm({ response, namespace, armored }: SealRecord, entry: SignerEntry): void {
  if (assemble(response, entry, namespace).armored !== armored) {
    throw new SealError('armor-mismatch', 'the SSH signature is not made of this response')
  }
}

/** The two upper steps say that the key cannot be copied; the authenticator must at least say so too. */
function checkStrength({ strength }: SealRecord, { backupEligible }: SignerEntry): void {
  if (backupEligible && (strength === 'device-bound' || strength === 'attested')) {
    throw new SealError('strength-mismatch', `recorded as ${strength}, but the key says that it can be copied`)
  }
}

/** Whoever has a stolen key can write any date; what was there before it was reported is a list that only grew until then. */
function checkStanding({ statement }: SealRecord, { standing }: KnownSigner): void {
  if (standing && !standing.has(statementDigest(statement))) {
    throw new SealError('key-compromised', 'the key may be in wrong hands, and this was not there when that was said')
  }
}

function checkLifetime({ predicate }: Statement, { ended, addedAt }: SignerEntry): void {
  // A person may answer an open request with a key that they added meanwhile.
  if (predicate.notAfter < addedAt) throw new SealError('signer-unknown', 'the credential was added later')
  if (ended && (parseTime(predicate.issuedAt) ?? 0) > (parseTime(ended.at) ?? 0)) {
    throw new SealError('signer-ended', 'issued after the credential had ended')
  }
}
