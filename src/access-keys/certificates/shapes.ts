import { type Static, Type } from 'typebox'
import { Nullable, Time } from '../../http/shapes.ts'

export const CertificateView = Type.Object({
  id: Type.String(),
  /** What logs and lists of revoked keys call it by. */
  serial: Type.Integer(),
  /** `SHA256:…` of the key it is about. */
  fingerprint: Type.String(),
  keyType: Type.String(),
  /** The program that asked for it; null where its owner did. */
  program: Nullable(Type.String()),
  /** Where it was asked from. */
  address: Type.String(),
  issuedAt: Time,
  expiresAt: Time,
  lastUsedAt: Nullable(Time),
})
export type CertificateView = Static<typeof CertificateView>

export const NewCertificate = Type.Object(
  {
    /** The line of a `.pub` file. */
    publicKey: Type.String({ minLength: 1, maxLength: 16_384 }),
    /** As long as this organisation allows, unless said. */
    hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 })),
  },
  { additionalProperties: false },
)
export type NewCertificate = Static<typeof NewCertificate>

export const CertificateIssued = Type.Object({
  certificate: CertificateView,
  /** What stands in `…-cert.pub` beside the key. */
  line: Type.String(),
})
export type CertificateIssued = Static<typeof CertificateIssued>

export const CertificateAuthorityView = Type.Object({
  /** In one line, as `TrustedUserCAKeys` takes it. */
  publicKey: Type.String(),
  fingerprint: Type.String(),
  /** The name that certificates carry, with `%u` where the person's username stands. */
  principal: Type.String(),
  /** Where the list of those that were ended before their time is, in OpenSSH's format. */
  revoked: Type.String(),
  /** For how long one lasts at most. */
  hours: Type.Integer(),
})
export type CertificateAuthorityView = Static<typeof CertificateAuthorityView>
