import { type Static, Type } from 'typebox'
import { Nullable, Page, PersonRef, Strength, Time } from '../http/shapes.ts'
import { OrganisationRole } from '../identity/shapes.ts'

const Count = Type.Integer({ minimum: 0 })
const Category = Type.Union([Type.Literal('hardware-key'), Type.Literal('platform'), Type.Literal('synced')])

export const SignInRow = Type.Object({
  /** How the person was known, e.g. `passkey`. */
  method: Type.String(),
  strength: Strength,
  /** What kind of thing holds the key; null where the record does not say. */
  category: Nullable(Category),
  count: Count,
})
export type SignInRow = Static<typeof SignInRow>

/** From the moment the page to sign in was shown until the key had answered, as the browser measured it. */
export const SignInTimeRow = Type.Object({
  /** Null: all of them together. */
  category: Nullable(Category),
  count: Count,
  medianMs: Type.Integer(),
  /** 95 of 100 were no slower. */
  p95Ms: Type.Integer(),
})
export type SignInTimeRow = Static<typeof SignInTimeRow>

/** People by the strongest key they hold; null where they hold none that works here. */
export const KeyRow = Type.Object({ strength: Nullable(Strength), count: Count })
export type KeyRow = Static<typeof KeyRow>

/** What landed on protected branches, or anywhere by a merge; proven where a person's tap sealed it. */
export const MergeRow = Type.Object({ repository: Type.String(), count: Count, proven: Count })
export type MergeRow = Static<typeof MergeRow>

export const TapRow = Type.Object({
  /** The act that was sealed, as rules name it; `words` as in "to …". */
  act: Type.String(),
  words: Type.String(),
  count: Count,
})
export type TapRow = Static<typeof TapRow>

export const Insights = Type.Object({
  days: Type.Integer(),
  from: Time,
  to: Time,
  signIns: Type.Object({ count: Count, rows: Type.Array(SignInRow) }),
  /** Rows only where something was measured, all of them together first. */
  timeToSignIn: Type.Object({ rows: Type.Array(SignInTimeRow) }),
  /** As it is now, whatever the period. The example people are not counted. */
  people: Type.Object({ count: Count, rows: Type.Array(KeyRow) }),
  merges: Type.Object({ count: Count, proven: Count, rows: Type.Array(MergeRow) }),
  taps: Type.Object({ made: Count, refused: Count, rows: Type.Array(TapRow) }),
})
export type Insights = Static<typeof Insights>

/** Somebody who cannot come in: no passkey of theirs works at this address. */
export const PersonWithoutPasskey = Type.Object({
  ...PersonRef.properties,
  role: OrganisationRole,
  createdAt: Time,
})
export type PersonWithoutPasskey = Static<typeof PersonWithoutPasskey>
export const PeopleWithoutPasskey = Page(PersonWithoutPasskey)
