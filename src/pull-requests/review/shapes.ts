import { type Static, Type } from 'typebox'
import { FreeText, Nullable, PersonRef, Strength, Time } from '../../http/shapes.ts'
import { Facts } from '../../seals/shapes.ts'

export const Body = FreeText(50_000)

export const CommentView = Type.Object({
  id: Type.String(),
  author: PersonRef,
  isAgent: Type.Boolean(),
  /** Markdown; empty where it was deleted. */
  body: Type.String(),
  createdAt: Time,
  editedAt: Nullable(Time),
  /** Seen by the reader alone until they send their review. */
  isDraft: Type.Boolean(),
  isDeleted: Type.Boolean(),
  /** Where the body holds a ```suggestion for the thread's lines. */
  suggestion: Nullable(
    Type.Object({
      text: Type.String(),
      /** Why it cannot be applied by the reader now, in a sentence; null where it can. */
      refusal: Nullable(Type.String()),
      appliedOid: Nullable(Type.String()),
    }),
  ),
  can: Type.Object({ edit: Type.Boolean(), delete: Type.Boolean() }),
})
export type CommentView = Static<typeof CommentView>

export const Side = Type.Union([Type.Literal('base'), Type.Literal('head')])

export const ThreadView = Type.Object({
  id: Type.String(),
  /** Null: about the whole. */
  path: Nullable(Type.String()),
  side: Nullable(Side),
  /** Where it stands in the change of now; null where the lines are gone, or none are named. */
  line: Nullable(Type.Integer()),
  startLine: Nullable(Type.Integer()),
  /** The lines, or the file, are gone. */
  isOutdated: Type.Boolean(),
  /** As it was written. */
  original: Type.Object({
    oid: Type.String(),
    line: Nullable(Type.Integer()),
    startLine: Nullable(Type.Integer()),
    snippet: Type.String(),
  }),
  createdAt: Time,
  resolvedBy: Nullable(PersonRef),
  resolvedAt: Nullable(Time),
  comments: Type.Array(CommentView),
  can: Type.Object({ reply: Type.Boolean(), resolve: Type.Boolean() }),
})
export type ThreadView = Static<typeof ThreadView>

export const Verdict = Type.Union([
  Type.Literal('approved'),
  Type.Literal('changes-requested'),
  Type.Literal('commented'),
])
export type Verdict = Static<typeof Verdict>

export const ReviewView = Type.Object({
  id: Type.String(),
  reviewer: PersonRef,
  verdict: Verdict,
  body: Type.String(),
  headOid: Type.String(),
  createdAt: Time,
  /** An approval that counts for the head of now. */
  counts: Type.Boolean(),
  /** Why it does not, in a sentence. */
  whyNot: Nullable(Type.String()),
  /** Of the tap, for an approval. */
  strength: Nullable(Strength),
  credentialName: Nullable(Type.String()),
  statementDigest: Nullable(Type.String()),
  dismissed: Nullable(Type.Object({ at: Time, by: Nullable(PersonRef), reason: Type.String() })),
  can: Type.Object({ dismiss: Type.Boolean() }),
})
export type ReviewView = Static<typeof ReviewView>

export const ReviewerView = Type.Object({
  kind: Type.Union([Type.Literal('user'), Type.Literal('group')]),
  id: Type.String(),
  /** Username, or the group's name. */
  name: Type.String(),
  displayName: Type.String(),
  /** `waiting`: asked, and nothing said about the head of now. */
  state: Type.Union([Type.Literal('waiting'), Verdict]),
  isCodeOwner: Type.Boolean(),
  isRequested: Type.Boolean(),
})
export type ReviewerView = Static<typeof ReviewerView>

/** Everything people said about a pull request. */
export const ReviewState = Type.Object({
  threads: Type.Array(ThreadView),
  reviews: Type.Array(ReviewView),
  reviewers: Type.Array(ReviewerView),
  /** The reader's own comments that nobody else sees yet. */
  draftCount: Type.Integer(),
  openThreadCount: Type.Integer(),
  can: Type.Object({
    comment: Type.Boolean(),
    requestReviewers: Type.Boolean(),
    requestChanges: Type.Boolean(),
    /** Null where the reader may approve; else why not, in a sentence. */
    approveRefusal: Nullable(Type.String()),
  }),
})
export type ReviewState = Static<typeof ReviewState>

export const NewThread = Type.Object(
  {
    body: FreeText(50_000),
    isDraft: Type.Boolean(),
    path: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
    side: Type.Optional(Side),
    line: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000_000 })),
    startLine: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000_000 })),
    /** The head that the writer looked at. */
    headOid: Type.String({ pattern: '^[0-9a-f]{40}$' }),
  },
  { additionalProperties: false },
)
export type NewThread = Static<typeof NewThread>

export const NewReview = Type.Object(
  {
    verdict: Verdict,
    body: FreeText(50_000),
    /** The head that was read; another one is refused. */
    headOid: Type.String({ pattern: '^[0-9a-f]{40}$' }),
  },
  { additionalProperties: false },
)
export type NewReview = Static<typeof NewReview>

/** What became of a review: sent, or, for an approval, a tap away. It takes effect with the tap, wherever it is made. */
export const ReviewMade = Type.Object({
  review: Nullable(ReviewView),
  sealRequest: Nullable(Type.Object({ id: Type.String(), code: Nullable(Type.String()), facts: Facts })),
})
export type ReviewMade = Static<typeof ReviewMade>
