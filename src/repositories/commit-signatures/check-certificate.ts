import { createHash } from 'node:crypto'
import { isPusheeOf, type PushCertificate } from '../../protocols/git/push-certificate.ts'
import type { Told } from '../judge-ref-update.ts'
import { type Signature, readSignature } from './read-signature.ts'

/** A certificate that belongs to exactly this push. Whose key signed it is not asked yet. */
export interface CheckedCertificate {
  /** Of the signed bytes, SHA-256, hex. */
  digest: string
  content: string
  signature: Exclude<Signature, { state: 'broken' }>
}

export interface CertificateRefusal {
  code: string
  sentences: Told
}

/**
 * Judges what `git push --signed` sent against what git made of it and what is really pushed: the commands have been
 * compared before, and the signature is checked here, in process. Pure.
 */
export function checkCertificate(
  certificate: PushCertificate,
  pushed: {
    /** What git's hook says of it; undefined where git saw none. */
    seen: { oid: string; nonceStatus: string } | undefined
    options: readonly string[]
    /** `project/name`. */
    path: string
  },
): CheckedCertificate | { refusal: CertificateRefusal } {
  const { payload, armored, pushee, options } = certificate
  const content = `${payload}${armored}`
  if (pushed.seen === undefined || pushed.seen.oid !== blobOid(content))
    return refuse(
      'push-certificate-mismatch',
      'git was given another certificate than the one that was read.',
      signAnew,
    )
  if (pushed.seen.nonceStatus !== 'OK')
    return refuse(
      'push-certificate-nonce',
      'This signed push was not made for here and now: it is too old, or was made for another repository.',
      signAnew,
    )
  // That it was made for this instance says the nonce.
  if (pushee !== null && !isPusheeOf(pushee, pushed.path))
    return refuse(
      'push-certificate-elsewhere',
      `This signed push says that it is for ${pushee}, not for ${pushed.path}.`,
      'Push to the address of this repository.',
    )
  if (options.join('\n') !== pushed.options.join('\n'))
    return refuse('push-certificate-mismatch', 'The options of this push are not the ones that were signed.', signAnew)
  const signature = readSignature(armored, Buffer.from(payload))
  if (signature.state === 'broken')
    return refuse(
      'push-certificate-signature',
      `The signature of this push cannot be used: ${signature.why}.`,
      'Sign with a key that is registered under Account, or push without --signed.',
    )
  return { digest: createHash('sha256').update(payload).digest('hex'), content, signature }
}

const signAnew = 'Push again, so that git signs it anew.'

/** As git names a blob of these bytes. */
function blobOid(content: string): string {
  const bytes = Buffer.from(content)
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}

const refuse = (code: string, ...sentences: Told): { refusal: CertificateRefusal } => ({
  refusal: { code, sentences },
})
