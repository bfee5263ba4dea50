import { X509Certificate, createHash } from 'node:crypto'
import { extensionsOf } from '../certificate-extensions.ts'
import { DerError, OCTET_STRING, SEQUENCE, bytesOf, contentsOf, parseDer } from '../der.ts'
import { KEY_DESCRIPTION, isHardwareAndroidKey } from './android-key.ts'
import { parseAttestationObject } from './attestation-object.ts'
import { ZERO_AAGUID, parseAuthenticatorData } from './authenticator-data.ts'
import { WebauthnError } from './webauthn-error.ts'

/** What a registration shows of its maker, for whoever traces the certificates to a root. */
export interface AttestationEvidence {
  format: string
  /** As claimed; undefined where all zero. */
  aaguid: string | undefined
  /** From the certificate that signed to whatever came last; empty where nothing or the credential itself did. */
  trustPath: X509Certificate[]
  /** The AAGUID that the signing certificate names, where it names one. */
  certifiedAaguid: string | undefined
  /** RFC 5280 §4.2.1.2 method 1 over the signing certificate's key, hex: how metadata names U2F keys. */
  keyIdentifier: string | undefined
  /** The signing certificate is of Android's key store, where any app can have one made for a key of its own. */
  isAndroidKey: boolean
  /** False only where the statement itself says that the key lies in software. */
  mayBeHardware: boolean
}

const FIDO_AAGUID = '1.3.6.1.4.1.45724.1.1.4'

/**
 * Reads a registration's attestation object, whose statement was verified when it was registered. Throws WebauthnError
 * where what it shows cannot be read.
 */
export function readAttestationEvidence(attestationObject: Buffer): AttestationEvidence {
  try {
    return readEvidence(attestationObject)
  } catch (cause) {
    if (cause instanceof WebauthnError) throw cause
    throw new WebauthnError('attestation-invalid', 'a certificate of the attestation cannot be read', { cause })
  }
}

function readEvidence(attestationObject: Buffer): AttestationEvidence {
  const { format, statement, authenticatorData } = parseAttestationObject(attestationObject)
  const aaguid = parseAuthenticatorData(authenticatorData).attested?.aaguid
  const certificates = statement.get('x5c')
  const trustPath = Array.isArray(certificates)
    ? certificates.filter((one) => Buffer.isBuffer(one)).map((one) => new X509Certificate(one))
    : []
  const [signer] = trustPath
  return {
    format,
    aaguid: aaguid === ZERO_AAGUID ? undefined : aaguid,
    trustPath,
    certifiedAaguid: signer && certifiedAaguid(signer),
    keyIdentifier: signer && keyIdentifier(signer),
    isAndroidKey: signer !== undefined && extensionsOf(signer.raw).has(KEY_DESCRIPTION),
    mayBeHardware: format !== 'android-key' || (signer !== undefined && isHardwareAndroidKey(signer)),
  }
}

/** The extension that binds a certificate to one model, WebAuthn L3 §8.2.1. */
function certifiedAaguid(signer: X509Certificate): string | undefined {
  const extension = extensionsOf(signer.raw).get(FIDO_AAGUID)
  if (extension === undefined) return undefined
  const bytes = bytesOf(parseDer(extension.value), OCTET_STRING)
  if (bytes.length !== 16) throw new DerError('an AAGUID that is not of 16 bytes')
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function keyIdentifier(signer: X509Certificate): string {
  const spki = signer.publicKey.export({ format: 'der', type: 'spki' })
  const [, bits] = contentsOf(parseDer(spki), SEQUENCE)
  return createHash('sha1')
    .update(bits?.contents.subarray(1) ?? '')
    .digest('hex')
}
