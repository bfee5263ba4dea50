import { type Static, Type } from 'typebox'
import { Time } from '../http/shapes.ts'

/** A DSSE v1 envelope. */
const Envelope = Type.Object({
  payload: Type.String(),
  payloadType: Type.String(),
  signatures: Type.Array(Type.Object({ keyid: Type.String(), sig: Type.String() })),
})

/** What the instance says of one change of a protected branch. */
export const SourceAttestation = Type.Object({
  ref: Type.String(),
  /** `SLSA_SOURCE_LEVEL_<n>` */
  level: Type.String(),
  createdAt: Time,
  provenance: Envelope,
  summary: Envelope,
})
export type SourceAttestation = Static<typeof SourceAttestation>
