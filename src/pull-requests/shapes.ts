import { type Static, Type } from 'typebox'
import { Nullable, PersonRef, Time } from '../http/shapes.ts'
import { CommitStatusView } from '../checks/shapes.ts'
import { MergeMethod } from '../repositories/branch-rule.ts'
import { Facts, Proof } from '../seals/shapes.ts'

export { MergeMethod }
export type MergeMethod = Static<typeof MergeMethod>

export const PullRequestSummary = Type.Object({
  id: Type.String(),
  /** `project/name` */
  repository: Type.String(),
  number: Type.Integer(),
  title: Type.String(),
  state: Type.Union([Type.Literal('open'), Type.Literal('merged'), Type.Literal('closed')]),
  /** Not ready yet: nothing merges it. */
  isDraft: Type.Boolean(),
  author: PersonRef,
  sourceBranch: Type.String(),
  targetBranch: Type.String(),
  createdAt: Time,
  updatedAt: Time,
  /** At a glance: what people said about this head, by the newest word of each. */
  reviewState: Type.Union([Type.Literal('none'), Type.Literal('approved'), Type.Literal('changes-requested')]),
  /** The worst that a check said about this head; null where none said anything. */
  checkState: Nullable(Type.Union([Type.Literal('success'), Type.Literal('pending'), Type.Literal('failure')])),
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
    Type.Literal('draft'),
    Type.Literal('not-allowed'),
    Type.Literal('not-ready'), // somebody else has to do something first: approve, or make a check pass
  ]),
  conflicts: Type.Array(Type.String()),
  /** What is met and what is missing, for the checklist. */
  checks: Type.Array(
    Type.Object({
      label: Type.String(),
      isMet: Type.Boolean(),
      help: Nullable(Type.String()),
      /** What the reader could get to meet it. */
      needs: Type.Optional(
        Type.Union([Type.Literal('key'), Type.Literal('review'), Type.Literal('check'), Type.Literal('thread')]),
      ),
    }),
  ),
  /** Somebody else has the merge page open and is about to tap. */
  heldBy: Nullable(PersonRef),
})
export type Mergeability = Static<typeof Mergeability>

/** How it may be merged, and why not in another way. */
export const MethodChoice = Type.Object({ method: MergeMethod, refusal: Nullable(Type.String()) })
export type MethodChoice = Static<typeof MethodChoice>

/** What a check said about the head, or that it said nothing yet. */
export const CheckView = Type.Object({
  name: Type.String(),
  isRequired: Type.Boolean(),
  status: Nullable(CommitStatusView),
  /** Why its word does not count, in a sentence. */
  whyNot: Nullable(Type.String()),
})
export type CheckView = Static<typeof CheckView>

/** It was merged past the branch's rule, and a second person has to look at it. */
export const BypassView = Type.Object({
  reason: Type.String(),
  by: PersonRef,
  confirmBy: Time,
  confirmedBy: Nullable(PersonRef),
  confirmedAt: Nullable(Time),
  isOverdue: Type.Boolean(),
  /** Null where the reader may confirm; else why not. */
  confirmRefusal: Nullable(Type.String()),
})
export type BypassView = Static<typeof BypassView>

export const AutoMergeView = Type.Object({ by: PersonRef, method: MergeMethod })

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
    methods: Type.Array(MethodChoice),
    checks: Type.Array(CheckView),
    autoMerge: Nullable(AutoMergeView),
    bypass: Nullable(BypassView),
    mergedBy: Nullable(PersonRef),
    mergedAt: Nullable(Time),
    mergeMethod: Nullable(MergeMethod),
    mergeOid: Nullable(Type.String()),
    mergeProof: Nullable(Proof),
    /** Events in order: opened, pushed, closed, reopened, merged. */
    timeline: Type.Array(
      Type.Object({ at: Time, actor: Nullable(PersonRef), sentence: Type.String(), oid: Nullable(Type.String()) }),
    ),
    can: Type.Object({
      edit: Type.Boolean(),
      close: Type.Boolean(),
      /** Propose to take it back. */
      revert: Type.Boolean(),
      merge: Type.Boolean(),
      /** Be asked for the tap as soon as it is ready. */
      autoMerge: Type.Boolean(),
      /** Null where the reader may merge past the branch's rule; else why not, in a sentence. */
      bypassRefusal: Nullable(Type.String()),
    }),
  }),
])
export type PullRequestView = Static<typeof PullRequestView>

/** What the description of a pull request into a branch begins with. */
export const DescriptionTemplate = Type.Object({ path: Nullable(Type.String()), text: Type.String() })
export type DescriptionTemplate = Static<typeof DescriptionTemplate>

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
  /** The same, refusing keys that may be in wrong hands; empty where there is none. Older commits of them are refused too. */
  stockRevoking: Type.Array(Type.String()),
  postern: Type.Array(Type.String()),
  leastGit: Type.String(),
  leastOpenssh: Type.String(),
})
export type VerifyInstructions = Static<typeof VerifyInstructions>
