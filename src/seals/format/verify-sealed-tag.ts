import { splitTagSignature } from '../../protocols/sshsig/tag-signature.ts'
import { SealError } from './seal-error.ts'
import type { SealRecord } from './seal-record.ts'
import { MAX_TAG_BYTES, parseTag, parseTagTrailers } from './tag.ts'
import { parseTime } from './time.ts'
import { type Signers, type VerifiedSeal, verifySeal } from './verify-seal.ts'

export interface VerifiedSealedTag extends VerifiedSeal {
  /** The commit that is tagged. */
  commit: string
  /** Its tree, as the statement says. */
  tree: string
  /** Seconds since 1970. */
  taggedAt: number
}

/**
 * Verifies that one annotated tag is exactly what one person's tap made: name, commit, trailers, statement, signature,
 * tagger and date. That the commit has the tree which is returned is for the caller to see. `no-seal` where it claims
 * nothing of the kind. Throws SealError.
 */
export function verifySealedTag(given: {
  /** The whole object. */
  tag: Buffer
  repositoryId: string
  /** Full name of the ref that holds it. */
  ref: string
  /** By `sha256:<hex>` of the statement. */
  findSeal: (digest: string) => SealRecord | undefined
  signers: Signers
  origins?: readonly string[] | undefined
}): VerifiedSealedTag {
  if (given.tag.length > MAX_TAG_BYTES) throw new SealError('no-seal', 'it is larger than any tag that a tap makes')
  const signed = splitTagSignature(given.tag)
  const payload = signed?.payload ?? given.tag
  // What claims nothing may look like anything.
  const trailers = parseTagTrailers(payload.toString())
  if (!trailers) throw new SealError('no-seal', 'the tag names no statement')
  const { object, name, tagger, taggedAt, message } = parseTag(payload)
  if (parseTagTrailers(message) === undefined) throw new SealError('trailers-malformed', 'they are not in its message')
  if (trailers.repository !== given.repositoryId) throw new SealError('repository-mismatch', 'of another repository')
  if (trailers.ref !== given.ref || `refs/tags/${name}` !== given.ref)
    throw new SealError('ref-mismatch', 'it was made under another name')

  const record = given.findSeal(trailers.statement)
  if (!record) throw new SealError('statement-missing', 'its statement is not in refs/postern/seals')
  if ((signed?.armored ?? null) !== record.armored)
    throw new SealError('armor-mismatch', 'the tag carries another signature than its seal')
  const seal = verifySeal({ record, message: payload, signers: given.signers, origins: given.origins })
  const { subject, predicate } = seal.statement
  const digest = subject[0]?.digest
  if (predicate.action !== 'tag' || !digest || !('gitCommit' in digest))
    throw new SealError('action-mismatch', 'the statement allows no tag')
  if (seal.statementDigest !== trailers.statement)
    throw new SealError('statement-missing', 'it names another statement')
  if (predicate.repository?.id !== trailers.repository)
    throw new SealError('repository-mismatch', 'sealed for another repository')
  if (predicate.targetRef !== trailers.ref) throw new SealError('ref-mismatch', 'sealed for another tag')
  if (digest.gitCommit !== object) throw new SealError('head-mismatch', 'what it tags is not what was sealed')
  if (!tagger.endsWith(` <${seal.entry.principal}>`))
    throw new SealError('committer-mismatch', 'the tagger is not the signer')
  const from = parseTime(predicate.issuedAt) ?? Infinity
  const until = parseTime(predicate.notAfter) ?? -Infinity
  if (taggedAt < from || taggedAt > until)
    throw new SealError('outside-time', 'the tag is not dated within the time of its statement')
  return { ...seal, commit: object, tree: predicate.targetID ?? '', taggedAt }
}
