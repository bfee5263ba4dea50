import { type Static, Type } from 'typebox'
import { Nullable, OneLine, Time } from '../http/shapes.ts'

export const TokenScope = Type.Union([
  Type.Literal('repository:read'), // clone, fetch, browse
  Type.Literal('repository:write'), // push, open pull requests
  Type.Literal('status:write'), // report what a check found out about a commit
  Type.Literal('account:read'), // who am I
  Type.Literal('ask'), // of an agent: ask people to allow something
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
  },
  { additionalProperties: false },
)
export type NewApiToken = Static<typeof NewApiToken>
