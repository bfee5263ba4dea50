import { type Static, Type } from 'typebox'

/** A tool behind the proxy, and what stands between it and whoever asks. */
export const EntryView = Type.Object({
  name: Type.String(),
  description: Type.String(),
  /** Its origin. */
  address: Type.String(),
  outcome: Type.Union([Type.Literal('allow'), Type.Literal('step-up'), Type.Literal('deny')]),
  /** Why not, in words. */
  sentence: Type.Optional(Type.String()),
  /** Title of the rule that decided; null for what always holds. */
  rule: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  /** What would help where no tap does. */
  help: Type.Optional(Type.String()),
  /** Which tap would do. */
  kind: Type.Optional(Type.Union([Type.Literal('fresh-tap'), Type.Literal('stronger-key')])),
})
export type EntryView = Static<typeof EntryView>

/** What is open by a person's sessions, beside them. */
export const OpenTools = Type.Object({
  items: Type.Array(
    Type.Object({
      sessionId: Type.String(),
      /** Names, each once. */
      tools: Type.Array(Type.String()),
    }),
  ),
})
export type OpenTools = Static<typeof OpenTools>
