import { type Static, Type } from 'typebox'
import { Nullable, Strength } from '../http/shapes.ts'

export const AskedStanding = Type.Object({
  application: Type.Optional(Type.String({ maxLength: 40 })),
  returnTo: Type.String({ minLength: 1, maxLength: 8_000 }),
  strength: Type.Optional(Type.String({ maxLength: 20 })),
  tappedAfter: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
})

/** What keeps somebody from an application, and what they can do about it. */
export const SignOnStanding = Type.Object({
  application: Type.Object({ name: Type.String(), description: Type.String() }),
  outcome: Type.Union([
    Type.Literal('go'),
    Type.Literal('fresh-tap'),
    Type.Literal('stronger-key'),
    Type.Literal('deny'),
    Type.Literal('consent'),
  ]),
  /** Why; null where nothing is missing. */
  sentence: Nullable(Type.String()),
  /** What helps; null where the page knows better. */
  help: Nullable(Type.String()),
  /** Whether a key of theirs would do. */
  hasKey: Type.Boolean(),
  strength: Nullable(Strength),
  /** What it would learn, where its person is asked. */
  scopes: Type.Array(Type.String()),
  /** It is somebody else’s, and not of the organisation. */
  isThirdParty: Type.Boolean(),
  /** The host that the browser goes to. */
  goesTo: Nullable(Type.String()),
  /** An address of this origin. */
  returnTo: Type.String(),
})
export type SignOnStanding = Static<typeof SignOnStanding>

export const AskedAnswer = Type.Object(
  { returnTo: Type.String({ minLength: 1, maxLength: 8_000 }) },
  { additionalProperties: false },
)
