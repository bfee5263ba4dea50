import { type Static, Type } from 'typebox'
import { Nullable, OneLine, Time } from '../http/shapes.ts'

export const TokenScope = Type.Union([
  Type.Literal('repository:read'), // clone, fetch, browse
  Type.Literal('repository:write'), // push, open pull requests
  Type.Literal('status:write'), // report what a check found out about a commit
  Type.Literal('account:read'), // who am I
  Type.Literal('ask'), // of an agent: ask people to allow something
  Type.Literal('application:use'), // get through routes that are open to programs
  Type.Literal('act'), // carry out acts that its person taps for, each one
])
export type TokenScope = Static<typeof TokenScope>

export const ApiTokenView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scopes: Type.Array(TokenScope),
  /** Null: every repository its owner reaches. */
  repositories: Nullable(Type.Array(Type.Object({ id: Type.String(), path: Type.String() }))),
  createdAt: Time,
  expiresAt: Time,
  lastUsedAt: Nullable(Time),
  /** When it got its newest secret; null: when it was made. */
  renewedAt: Nullable(Time),
  /** A new secret was not used yet: until then at the latest the former one works too. */
  formerUntil: Nullable(Time),
  /** It may renew itself until then; null: never. */
  renewableUntil: Nullable(Time),
})
export type ApiTokenView = Static<typeof ApiTokenView>

/** The one answer that carries the token itself. */
export const ApiTokenMade = Type.Object({ token: ApiTokenView, secret: Type.String() })
export type ApiTokenMade = Static<typeof ApiTokenMade>

export const NewApiToken = Type.Object(
  {
    name: OneLine(100),
    scopes: Type.Array(TokenScope, { minItems: 1, uniqueItems: true }),
    repositoryIds: Nullable(Type.Array(Type.String(), { minItems: 1, maxItems: 100, uniqueItems: true })),
    expiresInDays: Type.Integer({ minimum: 1, maximum: 365 }),
    /** It may renew itself for so long, without another tap; left out: never. */
    renewsForDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
  },
  { additionalProperties: false },
)
export type NewApiToken = Static<typeof NewApiToken>

/** A new secret for a token that is there; nothing else of it changes. */
export const TokenRotation = Type.Object(
  {
    expiresInDays: Type.Integer({ minimum: 1, maximum: 365 }),
    /** So long the former secret works too, unless the new one is used before. */
    overlapDays: Type.Integer({ minimum: 0, maximum: 30 }),
  },
  { additionalProperties: false },
)
export type TokenRotation = Static<typeof TokenRotation>
