import { type Static, Type } from 'typebox'
import { Nullable, PersonRef, Strength, Time } from '../../http/shapes.ts'

export const PasswordSignedIn = Type.Object({
  strength: Strength,
  /** The end of the rule that lets them in. */
  until: Time,
  /** It was found among those that everybody tries. */
  mustChange: Type.Boolean(),
})
export type PasswordSignedIn = Static<typeof PasswordSignedIn>

export const OwnPassword = Type.Object({
  /** Until when a rule lets its person in with it; null where none does. */
  until: Nullable(Time),
  hasCodes: Type.Boolean(),
  mustChange: Type.Boolean(),
})
export type OwnPassword = Static<typeof OwnPassword>

/** Somebody who has a password still. */
export const PasswordUserView = Type.Object({
  person: PersonRef,
  hasCodes: Type.Boolean(),
  mustChange: Type.Boolean(),
  /** Null: never yet. */
  usedAt: Nullable(Time),
})
export type PasswordUserView = Static<typeof PasswordUserView>
