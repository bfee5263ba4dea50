import { type Static, type TSchema, Type } from 'typebox'

/** Milliseconds since the epoch. */
export const Time = Type.Integer()

export const Strength = Type.Union([
  Type.Literal('password'),
  Type.Literal('mfa'),
  Type.Literal('passkey'),
  Type.Literal('device-bound'),
  Type.Literal('attested'),
])

/** A name that people give: one line, in which nothing can hide or reorder text. */
export const OneLine = (maxLength: number) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^[^\\p{Cc}\\p{Cf}\\p{Cs}\\u2028\\u2029]+$',
    description: `one line of 1–${maxLength} visible characters`,
  })

/** Longer text that people write; line breaks may stand in it, other control characters may not. */
export const FreeText = (maxLength: number) =>
  Type.String({
    maxLength,
    pattern: '^(?:[^\\p{Cc}\\p{Cs}]|[\\t\\n\\r])*$',
    description: `at most ${maxLength} characters of text`,
  })

/** How a person appears wherever they are named. */
export const PersonRef = Type.Object({ id: Type.String(), username: Type.String(), displayName: Type.String() })
export type PersonRef = Static<typeof PersonRef>

/** A page of a list; `nextCursor` is opaque and null on the last page. */
export const Page = <Item extends TSchema>(item: Item) =>
  Type.Object({ items: Type.Array(item), nextCursor: Type.Union([Type.String(), Type.Null()]) })

/** RFC 9457 problem, with what we add: a stable code, what would help, and the seal request that waits for a tap. */
export const Nullable = <Inner extends TSchema>(inner: Inner) => Type.Union([inner, Type.Null()])

export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.Optional(Type.String()),
  /** What the person can do next, in a sentence; missing only where `fields` say it. */
  help: Type.Optional(Type.String()),
  /** With code `seal-required`: open this, tap, and repeat with the header `Postern-Seal: <id of the seal>`. */
  sealRequestId: Type.Optional(Type.String()),
  /** With code `seal-required`, where a token asked: the page on which its person taps; it also stands in their inbox. */
  link: Type.Optional(Type.String()),
  /** Until when that page waits. */
  expiresAt: Type.Optional(Time),
  /** With codes `seal-required` and `stronger-key-needed`: how strongly, and how fresh; 0 is a tap bound to this act. */
  requires: Type.Optional(Type.Object({ strength: Strength, freshnessSeconds: Nullable(Type.Integer()) })),
  /** With code `invalid-input`: which field, and what is wrong with it. */
  fields: Type.Optional(Type.Record(Type.String(), Type.String())),
})
export type Problem = Static<typeof Problem>
