import { type CoseKey, ES256 } from '../../protocols/webauthn/cose.ts'
import { credentialKey } from '../../protocols/webauthn/key-cache.ts'
import { armorSshsig, sshsigBlob } from '../../protocols/sshsig/sshsig.ts'
import { type AssertionBytes, sshPublicKey, toSshSignature } from '../../protocols/sshsig/webauthn-signature.ts'
import { type CommitTemplate, renderCommit, trailersFor } from './commit.ts'
import { preAuthEncoding } from './dsse.ts'
import { asProofError } from './proof-error.ts'
import { SealError } from './seal-error.ts'
import { GIT_NAMESPACE, SEAL_NAMESPACE, parseStatement, signsObject, statementDigest } from './statement.ts'
import { renderTag, type TagTemplate, tagTrailersFor } from './tag.ts'

export interface SealMessage {
  namespace: typeof GIT_NAMESPACE | typeof SEAL_NAMESPACE
  /** The unsigned commit or tag where the tap signs one, else the DSSE pre-authentication encoding of the statement. */
  message: Buffer
  /** The WebAuthn challenge: the whole SSHSIG blob, not its hash. */
  challenge: Buffer
}

/** The git object that a tap will sign and make. */
export type ObjectTemplate = CommitTemplate | TagTemplate

/** What a tap over this statement signs. `template` belongs to merge, squash, commit and tag, and to nothing else. */
export function messageFor(statementBytes: Buffer, template?: ObjectTemplate): SealMessage {
  const statement = parseStatement(statementBytes)
  const { action } = statement.predicate
  if (signsObject(action) !== (template !== undefined))
    throw new SealError('template-invalid', 'exactly merge, squash, commit and tag have a git object')
  if (!template) return withChallenge(SEAL_NAMESPACE, preAuthEncoding(statementBytes))
  const digest = statementDigest(statementBytes)
  return withChallenge(
    GIT_NAMESPACE,
    'tagger' in template
      ? renderTag(template, tagTrailersFor(statement, digest))
      : renderCommit(template, trailersFor(statement, digest)),
  )
}

function withChallenge(namespace: SealMessage['namespace'], message: Buffer): SealMessage {
  return { namespace, message, challenge: sshsigBlob(namespace, message) }
}

export interface SigningCredential {
  /** base64url. */
  credentialId: string
  /** COSE bytes. */
  publicKey: Buffer
  rpId: string
}

/**
 * The signature file that stock ssh-keygen and git verify; null for a credential whose algorithm has no such form.
 * Repacks only: verify the response as well. Throws SealError.
 */
export function assemble(
  response: AssertionBytes,
  credential: SigningCredential,
  namespace: SealMessage['namespace'],
): { armored: string | null } {
  return asProofError(() => {
    const key = credentialKey({ id: credential.credentialId, publicKey: credential.publicKey })
    if (key.algorithm !== ES256 || !key.p256) return { armored: null }
    const publicKey = sshKeyOf(key, key.p256, credential.rpId)
    return { armored: armorSshsig({ publicKey, namespace, signature: toSshSignature(response) }) }
  })
}

// A branch has few keys and many seals; each stays as long as the parsed key itself does.
const sshKeys = new WeakMap<CoseKey, { rpId: string; blob: Buffer }>()

function sshKeyOf(key: CoseKey, p256: NonNullable<CoseKey['p256']>, rpId: string): Buffer {
  const known = sshKeys.get(key)
  if (known?.rpId === rpId) return known.blob
  const blob = sshPublicKey(p256, rpId)
  sshKeys.set(key, { rpId, blob })
  return blob
}
