import type { Flag } from './scales.ts'

/** The tables that `attestation/` writes. */
export interface AttestationTables {
  metadataBlob: MetadataBlobTable
  authenticatorModel: AuthenticatorModelTable
}

/** One row: the FIDO metadata in force. Its entries are `authenticatorModel`; both are replaced together. */
export interface MetadataBlobTable {
  /** The blob's own `no`, which only ever rises. */
  number: number
  /** The start of the day by which its maker promised a newer one. */
  nextUpdate: number
  importedAt: number
  /** A file's name, an address, or `upload`. */
  source: string
  /** Of the whole blob, hex. */
  sha256: string
  legalHeader: string
  /** The refused statuses by which all passkeys were last judged against it; null until they have been. */
  judgedBy: string | null
}

/** What the metadata in force says of one authenticator model; a model of several identifiers has a row for each. */
export interface AuthenticatorModelTable {
  /** AAGUID as UUID text, or for U2F keys the attestation certificate's key identifier: 40 hex digits. */
  key: string
  name: string
  /** `data:image/png;base64,…` */
  icon: string | null
  /** The newest `FIDO_CERTIFIED…` status, e.g. `FIDO_CERTIFIED_L1`. */
  certification: string | null
  /** Keys stay in hardware, by the maker's word. */
  isHardware: Flag
  /** Some root of it is also listed by another model, so a certificate must name the model it is for. */
  sharesRoots: Flag
  /** JSON lists of the FIDO registry's words. */
  keyProtection: string
  attachmentHint: string
  userVerification: string
  /** JSON list of `{ status, effectiveAt, certificate }`, in the blob's order. */
  statusReports: string
  /** JSON list of certificates, DER in base64. */
  attestationRoots: string
}
