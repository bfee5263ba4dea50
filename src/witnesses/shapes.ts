import { type Static, Type } from 'typebox'
import { Nullable, PersonRef, Time } from '../http/shapes.ts'

export const NewWitness = Type.Object(
  {
    url: Type.String({ maxLength: 500 }),
    /** C2SP signed-note verifier key of cosignature/v1: name, id and key in one line. */
    key: Type.String({ maxLength: 300 }),
  },
  { additionalProperties: false },
)
export type NewWitness = Static<typeof NewWitness>

export const WitnessView = Type.Object({
  id: Type.String(),
  /** As its key says. */
  name: Type.String(),
  key: Type.String(),
  url: Type.String(),
  addedAt: Time,
  addedBy: PersonRef,
  /** Events of the last checkpoint that it cosigned; 0 where there is none. */
  cosignedSize: Type.Integer(),
  cosignedAt: Nullable(Time),
  /** Why it did not cosign when it was asked last, in a sentence, and since when. */
  problem: Nullable(Type.String()),
  problemSince: Nullable(Time),
  /** It says that it knows another past of the ledger. */
  isContradicting: Type.Boolean(),
})
export type WitnessView = Static<typeof WitnessView>

export const WitnessList = Type.Object({ items: Type.Array(WitnessView) })
export type WitnessList = Static<typeof WitnessList>
