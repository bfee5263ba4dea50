import { sign } from 'node:crypto'
import { type CertificateWish, type TestCertificate, hostExtension, makeCertificate } from '../test-certificate.ts'

/** Signs metadata blobs under a root of the test's own. */
export interface BlobSigner {
  root: TestCertificate
  leaf: TestCertificate
  chain: TestCertificate[]
}

export function makeBlobSigner(wish: { host?: string; leaf?: Partial<CertificateWish> } = {}): BlobSigner {
  const root = makeCertificate({ subject: [['CN', 'Test Metadata Root']], isCa: true })
  const issuer = makeCertificate({ subject: [['CN', 'Test Metadata CA']], issuer: root, isCa: true })
  const leaf = makeCertificate({
    subject: [['CN', 'metadata']],
    issuer,
    extensions: wish.host === undefined ? [] : [hostExtension(wish.host)],
    ...wish.leaf,
  })
  return { root, leaf, chain: [leaf, issuer] }
}

export interface BlobWish {
  number?: number
  nextUpdate?: string
  entries?: unknown[]
  /** Stand in place of what an honest blob says. */
  header?: Record<string, unknown>
  payload?: Record<string, unknown>
}

/** A blob as FIDO's server gives it, JWS in compact form. */
export function makeBlob({ leaf, chain }: BlobSigner, wish: BlobWish = {}): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const header = { alg: 'ES256', typ: 'JWT', x5c: chain.map(({ der }) => der.toString('base64')), ...wish.header }
  const payload = {
    legalHeader: 'For tests only.',
    no: wish.number ?? 1,
    nextUpdate: wish.nextUpdate ?? '2099-01-01',
    entries: wish.entries ?? [],
    ...wish.payload,
  }
  const signed = `${part(header)}.${part(payload)}`
  const signature = sign('sha256', Buffer.from(signed), { key: leaf.privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}
