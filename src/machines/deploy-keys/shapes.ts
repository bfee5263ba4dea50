import { type Static, Type } from 'typebox'
import { Nullable, OneLine, PersonRef, Time } from '../../http/shapes.ts'

const Access = Type.Union([Type.Literal('read'), Type.Literal('write')])

export const Rotation = Type.Object(
  {
    everyDays: Type.Integer({ minimum: 1, maximum: 3650 }),
    overlapDays: Type.Integer({ minimum: 1, maximum: 90 }),
  },
  { additionalProperties: false },
)
export type Rotation = Static<typeof Rotation>

/** One of the two is null: a key ends on a day, or is replaced every so often. */
const lifetime = {
  expiresInDays: Nullable(Type.Integer({ minimum: 1, maximum: 3650 })),
  rotation: Nullable(Rotation),
}
export interface Lifetime {
  expiresInDays: number | null
  rotation: Rotation | null
}

const PublicKey = Type.String({
  minLength: 1,
  maxLength: 16 * 1024,
  description: 'the line of a .pub file',
})

export const NewDeployKey = Type.Object(
  { name: OneLine(100), publicKey: PublicKey, access: Access, ...lifetime },
  { additionalProperties: false },
)
export type NewDeployKey = Static<typeof NewDeployKey>

export const DeployKeyChanges = Type.Object(
  {
    name: Type.Optional(OneLine(100)),
    lifetime: Type.Optional(Type.Object(lifetime, { additionalProperties: false })),
  },
  { additionalProperties: false, minProperties: 1, description: 'at least one of name, lifetime' },
)
export type DeployKeyChanges = Static<typeof DeployKeyChanges>

export const NewSuccessor = Type.Object(
  { publicKey: PublicKey, overlapDays: Type.Integer({ minimum: 1, maximum: 90 }) },
  { additionalProperties: false },
)
export type NewSuccessor = Static<typeof NewSuccessor>

export const DeployKeyView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  /** As `ssh-keygen -l` prints it. */
  fingerprint: Type.String(),
  type: Type.String(),
  access: Access,
  createdAt: Time,
  createdBy: Nullable(PersonRef),
  /** Who looks after it. */
  steward: Nullable(PersonRef),
  /** Their access has ended: by then somebody must keep it, or it ends. Null: nothing to do. */
  keepBy: Nullable(Time),
  lastUsedAt: Nullable(Time),
  lastUsedFrom: Nullable(Type.String()),
  /** When it ends by itself. Where a successor waits to be used: at the latest then. */
  expiresAt: Time,
  rotation: Nullable(Rotation),
  /** When a new key is due in its place; null: never, or one is there. */
  dueAt: Nullable(Time),
  /** Takes its place; what is shown of it is enough to recognise it. */
  successor: Nullable(Type.Object({ id: Type.String(), fingerprint: Type.String(), createdAt: Time })),
  /** It takes the place of another, and was not used yet. */
  isWaiting: Type.Boolean(),
})
export type DeployKeyView = Static<typeof DeployKeyView>

export const DeployKeyList = Type.Object({
  items: Type.Array(DeployKeyView),
  /** How long one may live here. */
  mostDays: Type.Integer(),
})
export type DeployKeyList = Static<typeof DeployKeyList>

/** What the holder of a key is told of it. */
export const OwnDeployKey = Type.Object({
  name: Type.String(),
  repository: Type.String(),
  fingerprint: Type.String(),
  access: Access,
  expiresAt: Time,
  /** When a new key is due in its place; null: never, or one is there. */
  dueAt: Nullable(Time),
  isDue: Type.Boolean(),
  /** Takes its place as soon as it is used. */
  successor: Nullable(Type.Object({ fingerprint: Type.String(), expiresAt: Time })),
})
export type OwnDeployKey = Static<typeof OwnDeployKey>
