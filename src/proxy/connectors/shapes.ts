import { type Static, Type } from 'typebox'
import { Nullable, Time } from '../../http/shapes.ts'

export const NewConnector = Type.Object(
  {
    name: Type.String({
      pattern: '^[a-z0-9][a-z0-9-]{1,38}$',
      description: 'small letters, digits and dashes, two at least',
    }),
  },
  { additionalProperties: false },
)
export type NewConnector = Static<typeof NewConnector>

export const ConnectorView = Type.Object({
  name: Type.String(),
  /** Whether it waits on this node for somebody to come. */
  isConnected: Type.Boolean(),
  createdAt: Time,
  secretMadeAt: Time,
  /** Since when somebody who has left knows its secret. */
  secretLeftAt: Nullable(Time),
  lastSeenAt: Nullable(Time),
  lastSeenFrom: Nullable(Type.String()),
})
export type ConnectorView = Static<typeof ConnectorView>

export const ConnectorList = Type.Object({ items: Type.Array(ConnectorView) })
export type ConnectorList = Static<typeof ConnectorList>

/** Its secret is shown this once. */
export const ConnectorMade = Type.Object({ name: Type.String(), secret: Type.String() })
export type ConnectorMade = Static<typeof ConnectorMade>
