import { type Static, Type } from 'typebox'
import { Nullable, PersonRef, Time } from '../http/shapes.ts'
import { Facts, Proof } from '../seals/shapes.ts'

export const MergeMethod = Type.Union([Type.Literal('merge'), Type.Literal('squash')])
export type MergeMethod = Static<typeof MergeMethod>

export const PullRequestSummary = Type.Object({
  id: Type.String(),
  /** `project/name` */
  repository: Type.String(),
  number: Type.Integer(),
  title: Type.String(),
  state: Type.Union([Type.Literal('open'), Type.Literal('merged'), Type.Literal('closed')]),
  author: PersonRef,
  sourceBranch: Type.String(),
  targetBranch: Type.String(),
  createdAt: Time,
  updatedAt: Time,
})
export type PullRequestSummary = Static<typeof PullRequestSummary>

/** Whether and how it can be merged now. Each refusal is a sentence that says what would help. */
export const Mergeability = Type.Object({
  state: Type.Union([
    Type.Literal('ready'),
    Type.Literal('conflicts'),
    Type.Literal('nothing-to-merge'),
    Type.Literal('source-missing'),
    Type.Literal('closed'),
    Type.Literal('not-allowed'),
  ]),
  conflicts: Type.Array(Type.String()),
  /** What is met and what is missing, for the checklist. */
  checks: Type.Array(
    Type.Object({
      label: Type.String(),
      isMet: Type.Boolean(),
      help: Nullable(Type.String()),
      /** What the reader could get to meet it. */
      needs: Type.Optional(Type.Literal('key')),
    }),
  ),
  /** Somebody else has the merge page open and is about to tap. */
  heldBy: Nullable(PersonRef),
})
export type Mergeability = Static<typeof Mergeability>

export const PullRequestView = Type.Intersect([
  PullRequestSummary,
  Type.Object({
    description: Type.String(),
    headOid: Type.String(),
    /** Tip of the target now (open) or when it was merged or closed. */
    baseOid: Type.String(),
    mergeBaseOid: Nullable(Type.String()),
    commitCount: Type.Integer(),
    mergeability: Mergeability,
    mergedBy: Nullable(PersonRef),
    mergedAt: Nullable(Time),
    mergeMethod: Nullable(MergeMethod),
    mergeOid: Nullable(Type.String()),
    mergeProof: Nullable(Proof),
    /** Events in order: opened, pushed, closed, reopened, merged. */
    timeline: Type.Array(
      Type.Object({ at: Time, actor: Nullable(PersonRef), sentence: Type.String(), oid: Nullable(Type.String()) }),
    ),
    can: Type.Object({ edit: Type.Boolean(), close: Type.Boolean(), merge: Type.Boolean() }),
  }),
])
export type PullRequestView = Static<typeof PullRequestView>

/** A merge ready to be tapped: a fresh statement for exactly this base, head and result. */
export const MergePreparation = Type.Object({
  sealRequestId: Type.String(),
  facts: Facts,
  base: Type.String(),
  head: Type.String(),
  tree: Type.String(),
  fileCount: Type.Integer(),
  additions: Type.Integer(),
  deletions: Type.Integer(),
  expiresAt: Time,
})
export type MergePreparation = Static<typeof MergePreparation>

export const MergeDone = Type.Object({ mergeOid: Type.String(), number: Type.Integer() })
export type MergeDone = Static<typeof MergeDone>

/** What the merged page shows to paste. */
export const VerifyInstructions = Type.Object({
  stock: Type.Array(Type.String()),
  postern: Type.Array(Type.String()),
  leastGit: Type.String(),
  leastOpenssh: Type.String(),
})
export type VerifyInstructions = Static<typeof VerifyInstructions>
