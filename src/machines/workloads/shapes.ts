import { type Static, Type } from 'typebox'
import { Nullable, OneLine, PersonRef, Time } from '../../http/shapes.ts'

/** Whose claims: each has its own words for the home of a pipeline. */
export const WorkloadShape = Type.Union([
  Type.Literal('github'),
  Type.Literal('gitlab'),
  Type.Literal('bitbucket'),
  Type.Literal('other'),
])
export type WorkloadShape = Static<typeof WorkloadShape>

export const Condition = Type.Object(
  {
    claim: Type.String({ pattern: '^[\\w.:/-]{1,100}$', description: 'the name of a claim' }),
    /** `*` stands for any characters but `/` and `:`, `**` for any at all. */
    value: OneLine(300),
  },
  { additionalProperties: false },
)
export type Condition = Static<typeof Condition>

/** `status`: reads, and reports what it found out about commits. */
const Access = Type.Union([Type.Literal('read'), Type.Literal('write'), Type.Literal('status')])

const Keys = Nullable(
  Type.String({ maxLength: 100_000, description: 'a JSON Web Key Set of at most 100,000 characters' }),
)
const changeable = {
  audience: OneLine(300),
  conditions: Type.Array(Condition, { minItems: 1, maxItems: 20, description: 'between 1 and 20 conditions' }),
  access: Access,
  /** Of each token. */
  lifetimeMinutes: Type.Integer({ minimum: 5, maximum: 60, description: 'between 5 and 60 minutes' }),
  /** Of a run, from its first token to the end of its last. */
  runHours: Type.Integer({ minimum: 1, maximum: 24, description: 'between 1 and 24 hours' }),
  /** A JSON Web Key Set, where the issuer cannot be asked for it from here. */
  keys: Keys,
}

export const NewPipeline = Type.Object(
  { name: OneLine(100), shape: WorkloadShape, issuer: OneLine(500), ...changeable },
  { additionalProperties: false },
)
export type NewPipeline = Static<typeof NewPipeline>

export const PipelineChanges = Type.Partial(Type.Object(changeable), {
  additionalProperties: false,
  minProperties: 1,
  description: 'at least one thing to change',
})
export type PipelineChanges = Static<typeof PipelineChanges>

export const PipelineView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  shape: WorkloadShape,
  issuer: Type.String(),
  /** As they were given; null: the issuer is asked. */
  keys: Nullable(Type.String()),
  audience: Type.String(),
  conditions: Type.Array(Condition),
  access: Access,
  lifetimeMinutes: Type.Integer(),
  runHours: Type.Integer(),
  createdAt: Time,
  createdBy: Nullable(PersonRef),
  /** Who looks after it. */
  steward: Nullable(PersonRef),
  /** Their access has ended: by then somebody must keep it, or it ends. Null: nothing to do. */
  keepBy: Nullable(Time),
  lastUsedAt: Nullable(Time),
  /** Who came last, as the issuer called them. */
  lastSubject: Nullable(Type.String()),
})
export type PipelineView = Static<typeof PipelineView>

/** What came within the last seven days and was refused. */
export const PipelineRefusal = Type.Object({
  /** Of the trust that it came closest to. */
  pipeline: Nullable(Type.String()),
  /** Not proven to come from there, unless there is a subject. */
  issuer: Type.String(),
  subject: Nullable(Type.String()),
  reason: Type.String(),
  count: Type.Integer(),
  firstAt: Time,
  lastAt: Time,
})
export type PipelineRefusal = Static<typeof PipelineRefusal>

export const PipelineList = Type.Object({
  items: Type.Array(PipelineView),
  refusals: Type.Array(PipelineRefusal),
  /** Where a pipeline trades its token. */
  exchangeUrl: Type.String(),
  /** What it names there; also the audience of choice. */
  resource: Type.String(),
})
export type PipelineList = Static<typeof PipelineList>
