import type { X509Certificate } from 'node:crypto'
import { extensionsOf } from './certificate-extensions.ts'
import { DerError, INTEGER, SEQUENCE, contentsOf, numberOf, parseDer } from './der.ts'

export type CertificatePathErrorCode = 'untrusted' | 'expired' | 'unusable'

export class CertificatePathError extends Error {
  override readonly name = 'CertificatePathError'
  readonly code: CertificatePathErrorCode

  constructor(code: CertificatePathErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

const MAX_CERTIFICATES = 8

// What path validation here takes into account, or what restricts nothing that a path is used for.
const UNDERSTOOD = new Set(['2.5.29.15', '2.5.29.17', '2.5.29.19', '2.5.29.32', '2.5.29.37'])

/**
 * The path from the first certificate of `chain` to one of `anchors`, RFC 5280 §6, valid at the time given; each
 * certificate must be issued by the next. An anchor may also be the leaf itself: what counts of an anchor is its name and
 * its key. Never asks a network for revocations. Throws CertificatePathError.
 */
export function verifyCertificatePath(wanted: {
  chain: readonly X509Certificate[]
  anchors: readonly X509Certificate[]
  /** Milliseconds since the epoch. */
  at: number
}): X509Certificate[] {
  const { chain, anchors, at } = wanted
  const path: X509Certificate[] = []
  for (const certificate of chain.slice(0, MAX_CERTIFICATES)) {
    const below = path.at(-1)
    if (below !== undefined && !isIssuedBy(below, certificate)) break
    checkUsable(certificate, at)
    if (below !== undefined) checkIssuer(certificate, path.length - 1)
    path.push(certificate)
    if (anchors.some((anchor) => isSame(certificate, anchor))) return path
    const issuer = anchors.find((anchor) => isIssuedBy(certificate, anchor))
    if (issuer !== undefined) {
      checkUsable(issuer, at)
      checkIssuer(issuer, path.length - 1)
      return [...path, issuer]
    }
  }
  throw new CertificatePathError('untrusted', 'the certificates lead to no trusted root')
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}

function isSame(certificate: X509Certificate, anchor: X509Certificate): boolean {
  if (certificate.raw.equals(anchor.raw)) return true
  const isRenewed = certificate.subject === anchor.subject && certificate.publicKey.equals(anchor.publicKey)
  return isRenewed && certificate.verify(anchor.publicKey)
}

function checkUsable(certificate: X509Certificate, at: number): void {
  if (at < certificate.validFromDate.getTime() || at > certificate.validToDate.getTime())
    throw new CertificatePathError('expired', 'a certificate is not valid at this time')
  if (/md5|sha1/i.test(certificate.signatureAlgorithm ?? ''))
    throw new CertificatePathError('unusable', 'a certificate is signed over a broken hash')
  for (const [id, { isCritical }] of readExtensions(certificate))
    if (isCritical && !UNDERSTOOD.has(id))
      throw new CertificatePathError('unusable', `a certificate is restricted in a way not understood here: ${id}`)
}

/** @param below how many issuers stand between it and the leaf */
function checkIssuer(certificate: X509Certificate, below: number): void {
  if (!certificate.ca) throw new CertificatePathError('unusable', 'a certificate that may not issue others has done so')
  const constraints = readExtensions(certificate).get('2.5.29.19')
  const longest = constraints && pathLength(constraints.value)
  if (longest !== undefined && below > longest)
    throw new CertificatePathError('unusable', 'the path is longer than an issuer allows')
}

function pathLength(constraints: Buffer): number | undefined {
  const length = contentsOf(parseDer(constraints), SEQUENCE).find(({ tag }) => tag === INTEGER)
  return length && numberOf(length)
}

function readExtensions(certificate: X509Certificate): ReturnType<typeof extensionsOf> {
  try {
    return extensionsOf(certificate.raw)
  } catch (cause) {
    if (cause instanceof DerError) throw new CertificatePathError('unusable', 'a certificate cannot be read', { cause })
    throw cause
  }
}
