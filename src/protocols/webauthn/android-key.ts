import { X509Certificate, verify } from 'node:crypto'
import type { CborKey, CborValue } from '../cbor.ts'
import { extensionsOf } from '../certificate-extensions.ts'
import {
  type DerItem,
  DerError,
  OCTET_STRING,
  SEQUENCE,
  SET,
  bytesOf,
  contentsOf,
  numberOf,
  parseDer,
  readItems,
} from '../der.ts'
import { parseCoseKey } from './cose.ts'

/** The extension that makes a certificate one of Android's key store. */
export const KEY_DESCRIPTION = '1.3.6.1.4.1.11129.2.1.17'

// Tags of Android's AuthorizationList, and the values that WebAuthn asks for.
const PURPOSE = 1
const ALL_APPLICATIONS = 600
const ORIGIN = 702
const PURPOSE_SIGN = 2
const ORIGIN_GENERATED = 0

/**
 * Whether an `android-key` statement verifies, WebAuthn L3 §8.4. Written here because the library builds a chain to a root
 * that the registrant supplies and fetches what that names; who signed the certificate is judged against metadata.
 */
export function verifiesAndroidKey(made: {
  statement: Map<CborKey, CborValue>
  authenticatorData: Buffer
  clientDataHash: Buffer
  coseKey: Buffer
}): boolean {
  const { statement, authenticatorData, clientDataHash, coseKey } = made
  const [alg, sig, x5c] = [statement.get('alg'), statement.get('sig'), statement.get('x5c')]
  const [leaf] = Array.isArray(x5c) ? x5c : []
  if (!Buffer.isBuffer(sig) || !Buffer.isBuffer(leaf)) return false
  const certificate = new X509Certificate(leaf)
  const { algorithm, keyObject } = parseCoseKey(coseKey)
  if (alg !== algorithm || !certificate.publicKey.equals(keyObject)) return false
  const signed = Buffer.concat([authenticatorData, clientDataHash])
  if (!verify(algorithm === -8 ? null : 'sha256', signed, keyObject, sig)) return false
  const { challenge, software, hardware } = describe(certificate)
  const all = [...software, ...hardware]
  return (
    challenge.equals(clientDataHash) &&
    !all.some(({ tag }) => tag === ALL_APPLICATIONS) &&
    all.some((item) => item.tag === ORIGIN && numberOf(readItems(item.contents)[0]) === ORIGIN_GENERATED) &&
    all.some(
      (item) =>
        item.tag === PURPOSE &&
        contentsOf(readItems(item.contents)[0], SET).some((purpose) => numberOf(purpose) === PURPOSE_SIGN),
    )
  )
}

/** Whether Android says that key and attestation come from its trusted environment or a chip of its own. */
export function isHardwareAndroidKey(certificate: X509Certificate): boolean {
  const { levels, hardware } = describe(certificate)
  const isGeneratedThere = hardware.some(
    (item) => item.tag === ORIGIN && numberOf(readItems(item.contents)[0]) === ORIGIN_GENERATED,
  )
  return levels.every((level) => level === 1 || level === 2) && isGeneratedThere
}

/** Android's KeyDescription: source.android.com, key attestation. */
function describe(certificate: X509Certificate): {
  levels: number[]
  challenge: Buffer
  software: DerItem[]
  hardware: DerItem[]
} {
  const extension = extensionsOf(certificate.raw).get(KEY_DESCRIPTION)
  if (extension === undefined) throw new DerError('the certificate does not describe its key')
  const [, attestationLevel, , keyLevel, challenge, , software, hardware] = contentsOf(
    parseDer(extension.value),
    SEQUENCE,
  )
  return {
    levels: [numberOf(attestationLevel), numberOf(keyLevel)],
    challenge: bytesOf(challenge, OCTET_STRING),
    software: contentsOf(software, SEQUENCE),
    hardware: contentsOf(hardware, SEQUENCE),
  }
}
