import { type Static, Type } from 'typebox'
import { Nullable, Time } from '../http/shapes.ts'

export const ModelView = Type.Object({
  /** AAGUID, or for a U2F key the identifier of its attestation key. */
  key: Type.String(),
  name: Type.String(),
  category: Type.Union([Type.Literal('hardware-key'), Type.Literal('platform')]),
  hasIcon: Type.Boolean(),
  /** The newest certification by FIDO, e.g. `FIDO_CERTIFIED_L1`. */
  certification: Nullable(Type.String()),
  /** Keys stay in hardware, by the maker's word. */
  isHardware: Type.Boolean(),
  userVerification: Type.Array(Type.String()),
  statuses: Type.Array(Type.Object({ status: Type.String(), effectiveAt: Nullable(Time) })),
  /** Those in force for which the model is refused here. */
  refusedFor: Type.Array(Type.String()),
})
export type ModelView = Static<typeof ModelView>

export const MetadataView = Type.Object({
  /** Null where nothing was imported yet. */
  inForce: Nullable(
    Type.Object({
      number: Type.Integer(),
      nextUpdate: Time,
      isOverdue: Type.Boolean(),
      importedAt: Time,
      source: Type.String(),
      models: Type.Integer(),
    }),
  ),
  /** Where it is fetched from each day; null where it is imported by hand. */
  url: Nullable(Type.String()),
  /** Of the last attempt of this server process. */
  lastError: Nullable(Type.Object({ at: Time, sentence: Type.String() })),
  refusedStatuses: Type.Array(Type.String()),
})
export type MetadataView = Static<typeof MetadataView>

export const ImportedView = Type.Object({
  /** `unchanged`: this number was in force already. */
  outcome: Type.Union([Type.Literal('imported'), Type.Literal('unchanged')]),
  number: Type.Integer(),
  nextUpdate: Time,
  isOverdue: Type.Boolean(),
  models: Type.Integer(),
})
export type ImportedView = Static<typeof ImportedView>
