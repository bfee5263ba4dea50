import { type Static, Type } from 'typebox'
import { Nullable, OneLine, PersonRef, Time } from '../http/shapes.ts'

export const StatusState = Type.Union([
  Type.Literal('pending'),
  Type.Literal('success'),
  Type.Literal('failure'),
  Type.Literal('error'), // the check itself broke
])

/** The newest word of one check about one commit. */
export const CommitStatusView = Type.Object({
  id: Type.String(),
  oid: Type.String(),
  name: Type.String(),
  state: StatusState,
  description: Type.String(),
  targetUrl: Nullable(Type.String()),
  setBy: PersonRef,
  /** The API token it came with; null from a browser session. */
  tokenName: Nullable(Type.String()),
  createdAt: Time,
})
export type CommitStatusView = Static<typeof CommitStatusView>

export const NewCommitStatus = Type.Object(
  {
    name: OneLine(100),
    state: StatusState,
    description: Type.Optional(Type.String({ maxLength: 300, pattern: '^[^\\p{Cc}\\p{Cf}\\p{Cs}]*$' })),
    /** Where its details are: http or https. */
    targetUrl: Type.Optional(Type.String({ maxLength: 2000, pattern: '^https?://[^\\p{C}\\p{Z}]+$' })),
  },
  { additionalProperties: false },
)
export type NewCommitStatus = Static<typeof NewCommitStatus>
