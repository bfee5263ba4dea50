import { type Static, Type } from 'typebox'
import { Nullable, PersonRef, Time } from '../../http/shapes.ts'

export const BreakGlassView = Type.Object({
  id: Type.String(),
  /** The owner whom it lets in. */
  person: PersonRef,
  /** `used`: somebody else has to review that. */
  state: Type.Union([Type.Literal('sealed'), Type.Literal('used'), Type.Literal('reviewed')]),
  createdAt: Time,
  createdBy: Nullable(PersonRef),
  usedAt: Nullable(Time),
  /** From where it was used. */
  address: Nullable(Type.String()),
  /** Somebody registered a passkey by it. */
  cameIn: Type.Boolean(),
  reviewedAt: Nullable(Time),
  reviewedBy: Nullable(PersonRef),
})
export type BreakGlassView = Static<typeof BreakGlassView>

/** What the account did since, from the record, the newest first. */
export const BreakGlassEvents = Type.Object({
  items: Type.Array(Type.Object({ id: Type.String(), occurredAt: Time, sentence: Type.String() })),
  nextCursor: Nullable(Type.String()),
})
export type BreakGlassEvents = Static<typeof BreakGlassEvents>
