import { type Static, Type } from 'typebox'
import { Nullable, OneLine, PersonRef, Time } from '../../http/shapes.ts'

export const ConnectionKind = Type.Union([Type.Literal('okta'), Type.Literal('entra'), Type.Literal('other')])

const TokenDays = Nullable(
  Type.Integer({ minimum: 1, maximum: 3650, description: 'days until the token expires; null: it does not' }),
)

export const NewConnection = Type.Object(
  { name: OneLine(60), kind: ConnectionKind, tokenDays: TokenDays },
  { additionalProperties: false },
)
export type NewConnection = Static<typeof NewConnection>

export const ConnectionChanges = Type.Object(
  {
    name: Type.Optional(OneLine(60)),
    kind: Type.Optional(ConnectionKind),
    requiredGroup: Type.Optional(
      Nullable(Type.String({ maxLength: 63, description: 'a group of this directory; null: none' })),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type ConnectionChanges = Static<typeof ConnectionChanges>

export const NewConnectionToken = Type.Object({ tokenDays: TokenDays }, { additionalProperties: false })

/** What becomes of the people it brought: they stay and nobody manages them, or their access ends. */
export const Disconnection = Type.Object(
  { people: Type.Union([Type.Literal('stay'), Type.Literal('end')]) },
  { additionalProperties: false },
)
export type Disconnection = Static<typeof Disconnection>

export const ConnectionView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  kind: ConnectionKind,
  createdAt: Time,
  createdBy: Nullable(PersonRef),
  tokenMadeAt: Time,
  tokenExpiresAt: Nullable(Time),
  /** Until when the token before this one works too; null where there is none any more. */
  formerTokenUntil: Nullable(Time),
  requiredGroup: Nullable(Type.String()),
  /** To the minute. */
  lastRequestAt: Nullable(Time),
  /** The newest refusal, in words. */
  lastError: Nullable(Type.Object({ sentence: Type.String(), at: Time })),
  /** Those of its people who may come in. */
  people: Type.Integer(),
  /** Of those, how many have no passkey yet. */
  peopleWithoutPasskey: Type.Integer(),
  groups: Type.Integer(),
})
export type ConnectionView = Static<typeof ConnectionView>

export const ConnectionList = Type.Object({
  items: Type.Array(ConnectionView),
  /** The address of this instance, as a directory is given it. */
  baseUrl: Type.String(),
  /** Disconnected, while access of people they brought is still being ended. */
  ending: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), people: Type.Integer() })),
})
export type ConnectionList = Static<typeof ConnectionList>

export const ConnectionGroup = Type.Object({
  /** Its name here, and the one that the directory gave it. */
  name: Type.String(),
  displayName: Type.String(),
  /** What its members are in the organisation at least; null: nothing beyond what they are. */
  organisationRole: Nullable(Type.Union([Type.Literal('admin'), Type.Literal('member'), Type.Literal('guest')])),
  members: Type.Integer(),
  /** Whoever leaves it loses their access. */
  isRequired: Type.Boolean(),
})
export type ConnectionGroup = Static<typeof ConnectionGroup>

/** The one time that the token is shown. */
export const ConnectionMade = Type.Object({ connection: ConnectionView, baseUrl: Type.String(), token: Type.String() })
export type ConnectionMade = Static<typeof ConnectionMade>
