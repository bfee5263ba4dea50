import { isUtf8 } from 'node:buffer'
import {
  parsePushCertificate,
  type PushCertificate,
  PushCertificateError,
} from '../../protocols/git/push-certificate.ts'
import { STRENGTHS, type SealStrength } from './seal-record.ts'
import { OPAQUE_ID, statementDigest } from './statement.ts'
import { StrictJson, renderCanonical } from './strict-json.ts'

/** What `git push --signed` signed, as the server received it, and as what it counted. */
export interface PushRecord {
  /** Verbatim, with its signature. */
  certificate: Buffer
  /** Id of the entry of the key that signed it. */
  sshKeyId: string
  /** As the server judged it. */
  strength: SealStrength
}

export const renderPushRecord = ({ certificate, ...plain }: PushRecord): Buffer =>
  renderCanonical({ version: 1, ...plain, certificate: certificate.toString('base64') })

const json: StrictJson = new StrictJson('record-malformed')
const MAX_CERTIFICATE_BYTES = 4 * 1024 * 1024

/** Throws SealError `record-malformed`. */
export function parsePushRecord(bytes: Uint8Array): PushRecord {
  const from = json.fields(json.parse(bytes), 'the record', ['version', 'certificate', 'sshKeyId', 'strength'])
  json.oneOf(from['version'], 'version', [1])
  return {
    certificate: json.bytes(from['certificate'], 'certificate', 'base64', MAX_CERTIFICATE_BYTES),
    sshKeyId: json.text(from['sshKeyId'], 'sshKeyId', OPAQUE_ID),
    strength: json.oneOf(from['strength'], 'strength', STRENGTHS),
  }
}

/** The certificate as it is written; nothing of it is verified. Throws SealError `certificate-malformed`. */
export function readPushCertificate({ certificate }: PushRecord): PushCertificate {
  if (!isUtf8(certificate)) return certificates.fail('not UTF-8')
  try {
    return parsePushCertificate(certificate.toString('utf8'))
  } catch (cause) {
    if (!(cause instanceof PushCertificateError)) throw cause
    return certificates.fail(`the certificate cannot be read: ${cause.message}`, cause)
  }
}
const certificates: StrictJson = new StrictJson('certificate-malformed')

/** `sha256:<hex>` of the signed bytes: signed anew, it is still the same push. */
export const pushDigest = ({ payload }: Pick<PushCertificate, 'payload'>): string =>
  statementDigest(Buffer.from(payload))

/** Path in the tree of `refs/postern/seals`; `digest` as `sha256:<hex>`. */
export function pushPath(digest: string): string {
  const hex = digest.slice('sha256:'.length)
  return `pushes/${hex.slice(0, 2)}/${hex}.json`
}
