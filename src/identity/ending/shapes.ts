import { type Static, Type } from 'typebox'
import { Nullable, PersonRef, Time } from '../../http/shapes.ts'

const EndCause = Type.Union([
  Type.Literal('console'),
  Type.Literal('api'),
  Type.Literal('scim'),
  Type.Literal('group'),
  Type.Literal('guest-end'),
  Type.Literal('domain'),
  Type.Literal('upstream'),
  Type.Literal('owner'),
  Type.Literal('shell'),
])

export const EndedKind = Type.Object({
  /** Plural: `sessions`. */
  kind: Type.String(),
  count: Type.Integer(),
  /** It belongs to a repository: its administrators look after it now, or it is switched off. */
  isPassedOn: Type.Boolean(),
})
export type EndedKind = Static<typeof EndedKind>

/** What somebody can come in with now, and what would become of it. */
export const AccessPreview = Type.Object({
  person: PersonRef,
  kind: Type.Union([Type.Literal('person'), Type.Literal('agent'), Type.Literal('system')]),
  state: Type.Union([Type.Literal('active'), Type.Literal('ended')]),
  kinds: Type.Array(EndedKind),
  /** They end too: this person answers for them. */
  agents: Type.Array(PersonRef),
  /** Connections that are open on the node that answers. */
  openConnections: Type.Integer(),
  isLastOwner: Type.Boolean(),
  /** Why the caller cannot end it; null where they can. */
  refusal: Nullable(Type.String()),
})
export type AccessPreview = Static<typeof AccessPreview>

export const EndReason = Type.Object({ reason: Type.String({ maxLength: 500 }) }, { additionalProperties: false })

export const ReceiptNode = Type.Object({
  id: Type.String(),
  /** When it had cut what was open there; null where it has not said so. */
  confirmedAt: Nullable(Time),
  /** How many connections that were. */
  cut: Type.Integer(),
  /** When it last wrote that it lives. */
  seenAt: Time,
  /** It did not answer: stopped, or cut off from the database. */
  isSilent: Type.Boolean(),
  /** Of a silent one: by when it had cut everything it held by itself, if it still ran. */
  cutsBy: Nullable(Time),
})
export type ReceiptNode = Static<typeof ReceiptNode>

/** What ended, by whose decision, and when nothing of it was open any more. */
export const AccessEnd = Type.Object({
  id: Type.String(),
  person: PersonRef,
  cause: EndCause,
  reason: Type.String(),
  /** Null: no person of this instance. */
  decidedBy: Nullable(PersonRef),
  decidedAt: Time,
  ended: Type.Array(EndedKind),
  remains: Type.Array(Type.Object({ what: Type.String(), until: Nullable(Time) })),
  /** Ends of agents that followed from it. */
  agents: Type.Array(Type.Object({ id: Type.String(), agent: PersonRef })),
  /** `cutting` until every node has confirmed. */
  state: Type.Union([Type.Literal('cutting'), Type.Literal('complete')]),
  nodes: Type.Array(ReceiptNode),
  /** When the last node had cut what was open. */
  completedAt: Nullable(Time),
  /** DSSE envelope over an in-toto statement, see docs/formats/access-end.md; null until complete. */
  receipt: Nullable(
    Type.Object({
      payload: Type.String(),
      payloadType: Type.String(),
      signatures: Type.Array(Type.Object({ keyid: Type.String(), sig: Type.String() })),
    }),
  ),
  restoredAt: Nullable(Time),
})
export type AccessEnd = Static<typeof AccessEnd>

export const AccessEndSummary = Type.Object({
  id: Type.String(),
  cause: EndCause,
  reason: Type.String(),
  decidedBy: Nullable(PersonRef),
  decidedAt: Time,
  restoredAt: Nullable(Time),
})
export type AccessEndSummary = Static<typeof AccessEndSummary>

/** With the link by which a person registers anew; an agent has none, and a program that asked gets none. */
export const Restored = Type.Object({
  person: PersonRef,
  link: Nullable(Type.String()),
  expiresAt: Nullable(Time),
})
export type Restored = Static<typeof Restored>
