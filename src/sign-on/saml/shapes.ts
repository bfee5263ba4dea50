import { type Static, Type } from 'typebox'
import { Nullable, Time } from '../../http/shapes.ts'

export const maxMetadataBytes = 512 * 1024

/** One of the certificates that metadata name. */
const SamlCertificate = Type.Object({
  number: Type.Integer(),
  certificate: Type.String(),
  /** SHA-256 of the certificate, as tools show it. */
  fingerprint: Type.String(),
  expiresAt: Time,
  /** When it began to sign; null for the next one. */
  signsFrom: Nullable(Time),
})
/** The one that signs, then the next. */
export const SamlCertificates = Type.Object({ items: Type.Array(SamlCertificate) })
export type SamlCertificates = Static<typeof SamlCertificates>

/** One of both: the text itself, or where the tool shows it. */
export const MetadataSource = Type.Object(
  {
    xml: Type.Optional(Type.String({ minLength: 1, maxLength: maxMetadataBytes })),
    url: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 })),
  },
  { additionalProperties: false },
)
