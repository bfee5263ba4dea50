import { type Static, Type } from 'typebox'
import { Nullable, Page, PersonRef, Strength, Time } from '../http/shapes.ts'
import { Policy, Rule } from '../policy/rule.ts'

export const RuleRef = Type.Object({ id: Type.String(), title: Type.String() })
export type RuleRef = Static<typeof RuleRef>

/** How one policy differs from the one before it. */
export const RuleDifference = Type.Object({
  kind: Type.Union([Type.Literal('added'), Type.Literal('changed'), Type.Literal('removed')]),
  rule: RuleRef,
})
export type RuleDifference = Static<typeof RuleDifference>

export const PolicyChangeView = Type.Object({
  id: Type.String(),
  state: Type.Union([
    Type.Literal('waiting'), // for a second person
    Type.Literal('applied'),
    Type.Literal('withdrawn'),
    Type.Literal('overtaken'), // another change came first
  ]),
  /** The version it became; null while it is none. */
  version: Nullable(Type.Integer()),
  basedOn: Type.Integer(),
  /** Null: the operator of the machine. */
  proposedBy: Nullable(PersonRef),
  approvedBy: Nullable(PersonRef),
  /** Who may still give the second tap. */
  asked: Type.Array(PersonRef),
  createdAt: Time,
  decidedAt: Nullable(Time),
  differences: Type.Array(RuleDifference),
  /** `sha256:<hex>` of the policy it proposes. */
  digest: Type.String(),
})
export type PolicyChangeView = Static<typeof PolicyChangeView>
export const PolicyChangePage = Page(PolicyChangeView)

/** The policy in force, repositories by their paths. */
export const PolicyView = Type.Object({
  /** 0 until somebody changes it. */
  version: Type.Integer(),
  digest: Type.String(),
  policy: Policy,
  changedAt: Nullable(Time),
  changedBy: Nullable(PersonRef),
  waiting: Type.Array(PolicyChangeView),
})
export type PolicyView = Static<typeof PolicyView>

export const CatalogueItem = Type.Object({
  title: Type.String(),
  why: Type.String(),
  rule: Rule,
  /** A rule of this id stands in the policy (switched on, reporting or off). */
  isPresent: Type.Boolean(),
})
export type CatalogueItem = Static<typeof CatalogueItem>

export const NewPolicy = Type.Object(
  {
    /** The version the change was made from; another version in force refuses it. */
    basedOn: Type.Integer({ minimum: 0 }),
    policy: Policy,
  },
  { additionalProperties: false },
)
export type NewPolicy = Static<typeof NewPolicy>

export const PolicyChanged = Type.Object({ change: PolicyChangeView })
export type PolicyChanged = Static<typeof PolicyChanged>

/** Somebody whom a draft concerns, and what it means for them today. */
export const AffectedPerson = Type.Object({
  person: PersonRef,
  /**
   * `fine`: has what is asked. `locked-out`: has nothing to get in with. `limited`: gets in, but has nothing that would
   * do for an act they can do today. `reminded`: has not got it yet, but has time. `reported`: has not got it, and nothing
   * but a report follows from that. `permitted`: may sign in with less than a passkey for a while.
   */
  outcome: Type.Union([
    Type.Literal('fine'),
    Type.Literal('locked-out'),
    Type.Literal('limited'),
    Type.Literal('reminded'),
    Type.Literal('reported'),
    Type.Literal('permitted'),
  ]),
  rule: Nullable(RuleRef),
  /** "It takes a hardware key of a verified model to sign in, and …"; empty where there is nothing to say. */
  sentence: Type.String(),
  /** The strongest proof they could give today; null where they have no passkey. */
  strength: Nullable(Strength),
})
export type AffectedPerson = Static<typeof AffectedPerson>

export const DecisionOutcome = Type.Union([Type.Literal('allow'), Type.Literal('step-up'), Type.Literal('deny')])
export type DecisionOutcome = Static<typeof DecisionOutcome>

/** What the draft would have decided over what really happened. */
export const ReplayRow = Type.Object({
  act: Type.String(),
  /** In words, "merge a pull request". */
  words: Type.String(),
  outcome: DecisionOutcome,
  /** The rule it follows from; null for the floor. */
  rule: Nullable(RuleRef),
  count: Type.Integer(),
  /** How many of these happened otherwise under the policy of their day. */
  changed: Type.Integer(),
  /** The latest of them, as the audit page tells them. */
  examples: Type.Array(Type.Object({ eventId: Type.String(), sentence: Type.String(), occurredAt: Time })),
})
export type ReplayRow = Static<typeof ReplayRow>

export const Explanation = Type.Object({
  /** Everything that cannot be saved as it is, in sentences; empty where it can. */
  problems: Type.Array(Type.Object({ rule: Type.String(), message: Type.String() })),
  differences: Type.Array(RuleDifference),
  people: Type.Object({
    /** With agents that come in with a token. */
    total: Type.Integer(),
    agents: Type.Integer(),
    affected: Type.Integer(),
    lockedOut: Type.Integer(),
    limited: Type.Integer(),
    reminded: Type.Integer(),
    reported: Type.Integer(),
    permitted: Type.Integer(),
    /** The first hundred, those locked out first. */
    items: Type.Array(AffectedPerson),
  }),
  replay: Type.Object({
    from: Time,
    to: Time,
    events: Type.Integer(),
    rows: Type.Array(ReplayRow),
  }),
})
export type Explanation = Static<typeof Explanation>

/** A person's own view: what their keys allow them, and what is missing. */
export const OwnRequirements = Type.Object({
  strength: Nullable(Strength),
  acts: Type.Array(
    Type.Object({
      act: Type.String(),
      words: Type.String(),
      isAllowed: Type.Boolean(),
      /** What is missing, in a sentence; empty where it is allowed. */
      sentence: Type.String(),
      rule: Nullable(RuleRef),
      /** Names of own passkeys that would do. */
      passkeys: Type.Array(Type.String()),
    }),
  ),
  /** What will be asked from a date on and is not there yet. */
  upcoming: Type.Array(Type.Object({ rule: RuleRef, sentence: Type.String(), enforceFrom: Time, act: Type.String() })),
  /** Set where this session may do nothing but register what is missing. */
  shortfall: Nullable(
    Type.Object({
      rule: Nullable(RuleRef),
      sentence: Type.String(),
      /** Names of own passkeys that would do once somebody vouches for them. */
      unvouched: Type.Array(Type.String()),
    }),
  ),
})
export type OwnRequirements = Static<typeof OwnRequirements>

/** What each rule did in the last 30 days. */
export const RuleCounts = Type.Object({
  from: Time,
  items: Type.Array(
    Type.Object({
      rule: Type.String(),
      /** Acts that the rule, only reporting, would have stopped or stepped up. */
      reported: Type.Integer(),
      refused: Type.Integer(),
    }),
  ),
})
export type RuleCounts = Static<typeof RuleCounts>
